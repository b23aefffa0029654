// SearchIndex: see ARCHITECTURE.md.
