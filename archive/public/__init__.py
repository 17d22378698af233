"""What visitors are given: pages, feeds, the JSON interface, site maps; published materials alone."""
