"""A seeded generator of a programme year: the log of Kafka records, and what is due in the end."""
