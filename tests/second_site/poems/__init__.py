"""The poems: models, what of them is searched, pages and a JSON interface."""
