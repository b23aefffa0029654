import Foundation
import Inference
import JSON
import Serving
import Settings
import Telemetry
import TestSupport
import Testing

/// The files of `packaging/` fit the program.
@Suite struct PackagingTests {
    private func text(_ name: String) throws -> String {
        try String(contentsOfFile: Fixture.repositoryRoot + "/packaging/" + name, encoding: .utf8)
    }

    /// The example says everything there is, each with its default: who changes nothing gets what no file gives.
    @Test func theExampleConfigurationHasEverySettingWithItsDefault() throws {
        let path = Fixture.repositoryRoot + "/packaging/needletail.yaml"
        let expected = Self.example
        if DocumentTable.isRecording {
            try expected.write(toFile: path, atomically: true, encoding: .utf8)
        } else {
            #expect(try text("needletail.yaml") == expected)
        }
        let resolved = try ResolvedSettings(file: path)
        for definition in SettingTable.all {
            #expect(definition.value(in: resolved.settings) == definition.defaultValue, "\(definition.name)")
            if definition.defaultValue != .unset, definition.defaultValue != .list([]) {
                #expect(resolved.origin(of: definition.name) != .defaults, "\(definition.name) is not in the file")
            }
        }
        #expect(resolved.settings.models.isEmpty)
    }

    /// Without its `# ` marks, the example's models are understood as well.
    @Test func theExampleModelsAreUnderstood() throws {
        let example = try text("needletail.yaml")
        let models = example.split(separator: "\n").drop { !$0.hasPrefix("# inference:") }
        #expect(models.count > 5)
        try TemporaryFolder.with { folder in
            try folder.write(models.map { $0.dropFirst(2) }.joined(separator: "\n"), to: "n.yaml")
            #expect(try ResolvedSettings(file: folder.path + "/n.yaml").settings.models.count == 3)
        }
    }

    @Test func theDashboardShowsOnlySeriesThatExist() throws {
        let dashboard = try JSONValue(parsing: try text("grafana-dashboard.json"))
        let definitions = InferenceMetrics.all + ServingMetrics.all
        var series: [String: [String]] = [:]
        for definition in definitions {
            series[definition.name] = definition.labels
            if case .histogram = definition.kind {
                for suffix in ["_bucket", "_sum", "_count"] {
                    series[definition.name + suffix] = definition.labels + (suffix == "_bucket" ? ["le"] : [])
                }
            }
        }
        let panels = try #require(dashboard["panels"]?.array)
        let ids = panels.compactMap { $0["id"]?.int }
        #expect(Set(ids).count == panels.count)
        var shown: Set<String> = []
        for panel in panels where panel["type"] != "row" {
            let title = panel["title"]?.string ?? ""
            #expect(panel["gridPos"]?["w"]?.int.map { (1...24).contains($0) } == true, "\(title)")
            let targets = try #require(panel["targets"]?.array, "\(title)")
            for expression in targets.compactMap({ $0["expr"]?.string }) {
                let names = expression.matches(of: #/([a-z_][a-z0-9_]*)\s*[{\[]/#).map { String($0.output.1) }
                #expect(!names.isEmpty, "\(title): \(expression)")
                for name in names {
                    #expect(series[name] != nil, "\(title): there is no series \(name)")
                    shown.insert(name)
                }
                let labels = expression.matches(of: #/(?:by \(|[{,] ?)([a-z_]+)(?:=|!|\)|,)/#).map {
                    String($0.output.1)
                }
                let known = Set(names.flatMap { series[$0] ?? [] } + ["instance", "job", "le"])
                for label in labels { #expect(known.contains(label), "\(title): no label \(label) in \(expression)") }
            }
        }
        #expect(shown.count >= 12)
    }

    @Test func theUnitGivesTheServerTheTimeThatItsStopTakes() throws {
        let unit = try text("needletail.service")
        let stop = try #require(unit.firstMatch(of: /TimeoutStopSec=(\d+)/)).output.1
        let server = ProgramSettings().server
        #expect(Duration.seconds(Int(stop) ?? 0) > server.drainDelay + server.drainTimeout)
        let files = try #require(unit.firstMatch(of: /LimitNOFILE=(\d+)/)).output.1
        #expect(Int(files) ?? 0 > server.maximumConnections + 64)
        for line in ["Type=exec", "DynamicUser=yes", "StateDirectory=needletail", "NoNewPrivileges=yes"] {
            #expect(unit.contains("\n\(line)\n"))
        }
    }

    @Test func theImageListensForOthersAsAnotherUser() throws {
        let file = try text("Dockerfile")
        #expect(file.contains("NEEDLETAIL_API_HOST="))
        #expect(SettingTable.all.contains { $0.environment == "NEEDLETAIL_API_HOST" })
        for variable in file.matches(of: /NEEDLETAIL_(API|LIMITS|LOG|HUB)_[A-Z_]+/).map({ String($0.output.0) }) {
            #expect(SettingTable.all.contains { $0.environment == variable }, "\(variable)")
        }
        #expect(file.contains("\nUSER "))
        #expect(file.contains("HEALTHCHECK"))
    }

    // MARK: The example

    /// All settings with their defaults, and models to uncomment.
    private static var example: String {
        var lines = [
            "# The configuration of `needletail serve`: every setting with its default. What is left out holds anyway.",
            "# Flags win over NEEDLETAIL_* variables, those over this file. docs/operations.md explains more.",
        ]
        for section in SettingTable.sections {
            lines += ["", "\(section):"]
            for definition in SettingTable.all where definition.section == section {
                lines.append("  # \(definition.meaning)")
                switch definition.defaultValue {
                case .unset: lines.append("  # \(definition.key):  # \(definition.defaultText)")
                case let value: lines.append("  \(definition.key): \(value.fileText)")
                }
            }
        }
        lines += [
            "",
            "# The models: their names in requests, and what they are. Without any, the cross-encoder that comes along is served.",
            "# inference:",
            "#   msmarco:",
            "#     type: cross-encoder",
            "#     model: cross-encoder/ms-marco-MiniLM-L6-v2  # a reference to the model hub: fetched once, then cached",
            "#     cache: 256MiB",
            "#   e5:",
            "#     type: dense",
            "#     model: ./models/e5-small-v2  # a folder, from the folder of this file",
            "#     aliases: [text-embedding-3-small]",
            "#   splade:",
            "#     type: sparse",
            "#     model: file:///srv/models/splade",
            "#     max_length: 256",
        ]
        return lines.joined(separator: "\n") + "\n"
    }
}
