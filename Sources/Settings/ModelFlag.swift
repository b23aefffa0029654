/// The text of a `--model` flag: `NAME=PATH[:type]`, or only `PATH[:type]`.
enum ModelFlag {
    /// The model of a flag; nil if the text names none.
    ///
    /// Without a name, the last part of the path is the name. What stands behind the last colon is only taken for a type if it is
    /// one: other colons belong to the path.
    static func model(_ text: String, place: String) -> ModelSettings? {
        var reference = text[...]
        var name = ""
        if let equals = text.firstIndex(of: "=") {
            name = String(text[..<equals])
            reference = text[text.index(after: equals)...]
            if name.isEmpty { return nil }
        }
        var model = ModelSettings(name: name, reference: "", place: place)
        if let colon = reference.lastIndex(of: ":"),
            let kind = ModelKey.kind(String(reference[reference.index(after: colon)...]))
        {
            model.task = kind
            reference = reference[..<colon]
        }
        guard !reference.isEmpty else { return nil }
        model.reference = String(reference)
        if name.isEmpty {
            guard let last = reference.split(separator: "/").last else { return nil }
            model.name = String(last)
        }
        return model
    }
}
