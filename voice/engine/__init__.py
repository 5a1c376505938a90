"""The voice engine: one call's listening, turn-taking and speaking. Pure asyncio; the world comes through `ports`."""
