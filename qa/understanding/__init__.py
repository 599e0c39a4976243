"""How a question is understood after earlier ones; qa.follow_up is the way in."""
