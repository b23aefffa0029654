// DocumentStore: see ARCHITECTURE.md.
