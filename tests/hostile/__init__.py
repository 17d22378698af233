"""Texts that ask more of the site than their length: what each may take, beside an ordinary one."""
