import Inference
import ModelFiles
import Serving
import Settings
import TestSupport
import Testing

/// Flags win over the environment, the environment over the file, the file over defaults.
@Suite struct PrecedenceTests {
    @Test func theNearestSourceWins() throws {
        try TemporaryFolder.with { folder in
            let file = folder.path + "/n.yaml"
            try folder.write("api:\n  port: 1\nlimits:\n  threads: 1\n  tile_tokens: 1\n", to: "n.yaml")
            let resolved = try ResolvedSettings(
                file: file,
                environment: [
                    "NEEDLETAIL_LIMITS_THREADS": "2", "NEEDLETAIL_LIMITS_TILE_TOKENS": "2", "NEEDLETAIL_API_HOST": "",
                ], flags: [(setting: "limits.tile_tokens", text: "3")])
            #expect(resolved.settings.server.port == 1)
            #expect(resolved.settings.inference.threads == 2)
            #expect(resolved.settings.inference.tileTokens == 3)
            #expect(resolved.origin(of: "api.port") == .file(path: file, line: 2))
            #expect(resolved.origin(of: "limits.threads") == .environment("NEEDLETAIL_LIMITS_THREADS"))
            #expect(resolved.origin(of: "limits.tile_tokens") == .flag("--tile-tokens"))
            #expect(resolved.origin(of: "api.host") == .defaults, "an empty variable says nothing")
        }
    }

    @Test func theEnvironmentNamesTheFileUnlessAFlagDoes() throws {
        try TemporaryFolder.with { folder in
            try folder.write("api:\n  port: 1\n", to: "a.yaml")
            try folder.write("api:\n  port: 2\n", to: "b.yaml")
            let environment = ["NEEDLETAIL_CONFIG": folder.path + "/a.yaml"]
            #expect(try ResolvedSettings(environment: environment).settings.server.port == 1)
            #expect(
                try ResolvedSettings(file: folder.path + "/b.yaml", environment: environment).settings.server.port == 2)
        }
    }

    @Test func modelsOfAllSourcesArePutTogetherByName() throws {
        try TemporaryFolder.with { folder in
            try folder.write("inference:\n  a: {model: ./1}\n  b: {model: ./1}\n", to: "n.yaml")
            let models = try ResolvedSettings(
                file: folder.path + "/n.yaml", environment: ["NEEDLETAIL_SERVE_MODELS": "b=/2:dense, c=/2"],
                models: ["c=/3", "/some/folder/d:sparse", "e=C:/x=y"]
            ).settings.models
            #expect(models.map(\.name) == ["a", "b", "c", "d", "e"])
            #expect(models.map(\.reference) == ["./1", "/2", "/3", "/some/folder/d", "C:/x=y"])
            #expect(models.map(\.task) == [nil, .dense, nil, .sparse, nil])
            #expect(models[0].folder == folder.path)
        }
    }

    @Test(arguments: ["", "=x", "a=", "a=:dense", "/"])
    func aModelFlagThatNamesNoneIsRefused(text: String) {
        #expect(throws: SettingsError.self) { try ResolvedSettings(models: [text]) }
    }

    @Test func wrongValuesNameTheirSource() throws {
        do {
            _ = try ResolvedSettings(
                environment: ["NEEDLETAIL_API_PORT": "http"], flags: [(setting: "limits.queue_timeout", text: "5")])
            Issue.record("nothing was thrown")
        } catch {
            #expect(
                error.problems.map(\.description) == [
                    "NEEDLETAIL_API_PORT: api.port must be a whole number from 0 to 65535, not 'http'",
                    "--queue-timeout: limits.queue_timeout must be a duration with its unit, such as 30s or 500ms, from 1ms "
                        + "to 24h, not '5'",
                ])
        }
    }

    @Test func variablesThatNoSettingHasAreWarnedOf() throws {
        let warnings = try ResolvedSettings(
            environment: ["NEEDLETAIL_API_PROT": "1", "NEEDLETAIL_MODELS": "/m", "NEEDLETAIL_CPU": "avx2"]
        ).warnings
        #expect(
            warnings.map(\.description) == [
                "NEEDLETAIL_API_PROT: no setting has this variable. Did you mean 'NEEDLETAIL_API_PORT'?"
            ])
    }

    @Test func theListingIsAConfigurationFileWithTheSameSettings() throws {
        try TemporaryFolder.with { folder in
            let first = try ResolvedSettings(
                environment: ["NEEDLETAIL_API_KEYS": "one,two", "NEEDLETAIL_LIMITS_THREADS": "3"],
                flags: [(setting: "api.host", text: "::1"), (setting: "limits.queue_timeout", text: "1500ms")],
                models: ["a=/x:sparse", "b=org/name"])
            #expect(!first.listing.contains("one"))
            #expect(first.listing.contains("host: \"::1\"  # --host\n"))
            #expect(first.listing.contains("queue_timeout: 1500ms  # --queue-timeout\n"))
            #expect(first.listing.contains("# keys: 2 not shown  # NEEDLETAIL_API_KEYS\n"))
            try folder.write(first.listing, to: "n.yaml")
            let second = try ResolvedSettings(file: folder.path + "/n.yaml").settings
            for definition in SettingTable.all where !definition.isSecret {
                #expect(definition.value(in: second) == definition.value(in: first.settings), "\(definition.name)")
            }
            #expect(second.models.map(\.name) == ["a", "b"])
            #expect(second.models.map(\.task) == [.sparse, nil])
        }
    }
}
