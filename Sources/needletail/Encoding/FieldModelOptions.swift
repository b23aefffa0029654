import ArgumentParser

/// Fields with vectors, and the models that go with them; the same for all commands that load and search.
struct FieldModelOptions: ParsableArguments {
    @Option(
        name: .customLong("embed"), parsing: .singleValue,
        help: ArgumentHelp(
            "A field of dense vectors and the model that makes them, also several times.", valueName: "field=model"))
    var dense: [String] = []

    @Option(
        name: .customLong("sparse"), parsing: .singleValue,
        help: ArgumentHelp(
            "A field of weighted tokens and the model that makes them, also several times.", valueName: "field=model"))
    var sparse: [String] = []

    /// The fields: dense ones first, each kind in the order given.
    var fields: [FieldModel] {
        dense.compactMap { FieldModel($0, form: .dense) } + sparse.compactMap { FieldModel($0, form: .sparse) }
    }

    func validate() throws {
        for (form, texts) in [(FieldModel.Form.dense, dense), (.sparse, sparse)] {
            for text in texts where FieldModel(text, form: form) == nil {
                throw ValidationError(
                    "\(form.option) '\(text)': give FIELD=MODEL, such as vector=./all-MiniLM-L6-v2, or FIELD=MODEL:SOURCE with the "
                        + "fields whose texts are encoded, such as vector=./all-MiniLM-L6-v2:title+text.")
            }
        }
        var names: Set<String> = []
        for field in fields where !names.insert(field.field).inserted {
            throw ValidationError("The field '\(field.field)' is named twice. Give each model a field of its own.")
        }
    }
}
