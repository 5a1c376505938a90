"""The demo: houses of a made-up portal, read by the real sync, with people, reports and drawn photos on top.

Every demo row carries `is_demo`; `remove_demo` takes them all away, and so does the first sync with a real portal.
"""
