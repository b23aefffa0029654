import Inference
import Serving
import Settings
import Telemetry
import Testing

/// `docs/operations.md` says what the code does: the same settings, the same series, no more and no fewer.
@Suite(.serialized) struct DocumentTests {
    @Test func everySettingIsInTheDocument() throws {
        try DocumentTable.expect(
            "settings", ["setting", "flag", "form", "unit", "default", "meaning"],
            SettingTable.all.map { definition in
                [
                    "`\(definition.name)`", "`\(definition.flag)`", Self.form(definition.type), definition.unit,
                    definition.defaultValue == .unset ? definition.defaultText : "`\(definition.defaultText)`",
                    definition.meaning + (definition.isSecret ? " Secret: never shown." : ""),
                ]
            })
    }

    @Test func everyKeyOfAModelIsInTheDocument() throws {
        try DocumentTable.expect(
            "model keys", ["key", "form", "default", "meaning"],
            ModelKey.all.map { ["`\($0.name)`", Self.form($0.type), $0.defaultText, $0.meaning] })
    }

    @Test func everySeriesIsInTheDocument() throws {
        for (name, definitions) in [
            ("engine metrics", InferenceMetrics.all.filter { !TEIMetrics.all.contains($0) }),
            ("server metrics", ServingMetrics.all), ("TEI metrics", TEIMetrics.all),
        ] {
            try DocumentTable.expect(
                name, ["series", "type", "unit", "labels", "meaning"],
                definitions.map { definition in
                    [
                        "`\(definition.name)`", definition.kind.name, definition.unit,
                        definition.labels.map { "`\($0)`" }.joined(separator: ", "), definition.help,
                    ]
                })
        }
    }

    /// What a process really shows is defined in one of the lists.
    @Test func seriesOfAnEngineAreAllListed() {
        let registry = MetricRegistry()
        let engine = InferenceEngine(metrics: registry)
        _ = engine
        let all = InferenceMetrics.all + ServingMetrics.all
        let listed = Set(all.map(\.name))
        #expect(registry.definitions.count > 3)
        for definition in registry.definitions { #expect(listed.contains(definition.name), "\(definition.name)") }
        #expect(listed.count == all.count, "a name is there twice")
    }

    private static func form(_ type: SettingType) -> String {
        switch type {
        case .integer(let range): "integer, \(range.lowerBound) to \(range.upperBound)"
        default: type.name
        }
    }
}
