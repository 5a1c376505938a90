"""Any server that speaks OpenAI's protocol. Its libraries take a second to import, so that is done on first use."""
