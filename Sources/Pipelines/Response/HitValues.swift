import JSON
import Querying

extension SearchHit {
    /// The values of a field: those under `fields`, else those of the source.
    func values(of field: String) -> [JSONValue]? {
        if let found = fields.first(where: { $0.name == field }) { return found.values }
        guard let value = source.flatMap({ FieldPath(field).value(in: $0) }) else { return nil }
        return value.array ?? [value]
    }

    /// Puts values under `fields`, in the place of those that are there.
    mutating func setField(_ name: String, _ values: [JSONValue]) {
        if let place = fields.firstIndex(where: { $0.name == name }) {
            fields[place].values = values
        } else {
            fields.append((name, values))
        }
    }

    /// Keeps a score in the source, or under `fields` where there is no source.
    mutating func keep(score: Float?, as field: String) {
        let value = score.map { ScoreText.json($0) } ?? .null
        guard var source else { return setField(field, [value]) }
        FieldPath(field).set(value, in: &source)
        self.source = source
    }
}
