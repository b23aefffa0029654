// Querying: see ARCHITECTURE.md.
