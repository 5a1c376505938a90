"""The knowledge bases over the API. It stands here because it joins the base of all API views with `knowledge`."""
