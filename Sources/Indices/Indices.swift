// Indices: see ARCHITECTURE.md.
