"""What is known of a material besides its text: title, date, type, source, and why it is believed."""
