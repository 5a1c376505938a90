"""Written conversations: the socket, the API and the office page."""
