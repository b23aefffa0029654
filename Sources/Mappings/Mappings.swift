// Mappings: see ARCHITECTURE.md.
