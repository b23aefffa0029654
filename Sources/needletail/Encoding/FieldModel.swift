import ModelFiles
import TextEncoding

/// A field of an index with the model that encodes texts for it: `FIELD=MODEL` or `FIELD=MODEL:SOURCE+SOURCE`.
struct FieldModel: Hashable {
    /// What the field holds.
    enum Form {
        /// A dense vector.
        case dense
        /// Weighted tokens.
        case sparse

        /// The option that names such a field.
        var option: String { self == .dense ? "--embed" : "--sparse" }

        /// Whether a model makes such values.
        func fits(_ task: ModelTask) -> Bool {
            switch self {
            case .dense: task == .dense
            case .sparse: task == .sparse || task == .sparseQuery
            }
        }
    }

    let field: String
    /// The model as it was named.
    let model: String
    /// The fields whose texts are encoded.
    let sources: [String]
    let form: Form

    /// Reads the value of an option; nil if it has another form.
    init?(_ text: String, form: Form) {
        guard let sign = text.firstIndex(of: "=") else { return nil }
        field = String(text[..<sign])
        var model = text[text.index(after: sign)...]
        var sources = FieldEncoding.usualSources
        // A path may hold a colon; names of fields hold no slash.
        if let colon = model.lastIndex(of: ":"), !model[colon...].contains("/") {
            sources = model[model.index(after: colon)...].split(separator: "+", omittingEmptySubsequences: false).map(
                String.init)
            model = model[..<colon]
        }
        self.model = String(model)
        self.sources = sources
        self.form = form
        if field.isEmpty || self.model.isEmpty || sources.contains("") { return nil }
    }
}
