import Inference
import ModelFiles
import Serving
import Settings
import TestSupport
import Testing

/// What a configuration file may say, and what is said about what it may not.
@Suite struct FileTests {
    private func resolved(_ text: String, environment: [String: String] = [:]) throws -> ResolvedSettings {
        try TemporaryFolder.with { folder in
            try folder.write(text, to: "needletail.yaml")
            return try ResolvedSettings(file: folder.path + "/needletail.yaml", environment: environment)
        }
    }

    /// The messages about a text, with the folder cut off.
    private func problems(_ text: String) throws -> [String] {
        try TemporaryFolder.with { folder in
            try folder.write(text, to: "n.yaml")
            do {
                _ = try ResolvedSettings(file: folder.path + "/n.yaml")
                return []
            } catch let error as SettingsError {
                return error.problems.map { "\($0)".replacing(folder.path + "/", with: "") }
            }
        }
    }

    @Test func theMetarankGuidesConfigurationWorksAsItStands() throws {
        let settings = try resolved(
            "inference:\n  msmarco:\n    type: cross-encoder\n    model: metarank/ce-msmarco-MiniLM-L6-v2\n"
        ).settings
        #expect(settings.models.count == 1)
        #expect(settings.models[0].name == "msmarco")
        #expect(settings.models[0].task == .crossEncoder)
        #expect(settings.models[0].reference == "metarank/ce-msmarco-MiniLM-L6-v2")
    }

    @Test func everyKeyOfAModelIsUnderstood() throws {
        let settings = try resolved(
            """
            api: {host: 0.0.0.0, port: 9999}
            inference:
              e5:
                type: bi-encoder
                model: ./e5
                aliases: [embed, "text-embedding"]
                max_length: 256
                precision: fp32
                cache: off
                long_texts: chunk
                revision: abc
                modelFile: pytorch_model.onnx
                tokenizerFile: tokenizer.json
                vocabFile: tokenizer.json
                dim: 384
              splade: {type: sparse, model: "file:///srv/splade", cache: 1GiB}
            """
        ).settings
        #expect(settings.server.host == "0.0.0.0")
        #expect(settings.server.port == 9999)
        let e5 = settings.models[0]
        #expect(e5.task == .dense)
        #expect(e5.aliases == ["embed", "text-embedding"])
        #expect(e5.maxLength == 256)
        #expect(e5.cacheBytes == 0)
        #expect(e5.longTexts == .chunk)
        #expect(e5.revision == "abc")
        #expect(e5.modelFile == "pytorch_model.onnx")
        #expect(e5.dimensions == 384)
        #expect(settings.models[1].task == .sparse)
        #expect(settings.models[1].cacheBytes == 1 << 30)
    }

    @Test func pathsCountFromTheFolderOfTheFile() throws {
        let settings = try TemporaryFolder.with { folder in
            try folder.write("k1\n\n# old\n  k2  \n", to: "secrets/keys")
            try folder.write(
                "api:\n  keys: [k0]\n  keys_file: secrets/keys\n  tls_certificate: /etc/c.pem\n  tls_key: k.pem\n",
                to: "n.yaml")
            let settings = try ResolvedSettings(file: folder.path + "/n.yaml").settings
            #expect(settings.server.keyPath == folder.path + "/k.pem")
            return settings
        }
        #expect(settings.server.apiKeys == ["k0", "k1", "k2"])
        #expect(settings.server.certificatePath == "/etc/c.pem")
    }

    @Test func sectionsAndKeysWithoutAValueChangeNothing() throws {
        let settings = try resolved("api:\nlimits:\n  threads:\n  queue_timeout:\ninference:\n").settings
        #expect(settings.inference == ProgramSettings().inference)
        #expect(settings.models.isEmpty)
    }

    @Test(arguments: [
        (
            "api:\n  prot: 80\n", "n.yaml, line 2: there is no setting 'api.prot'. Did you mean 'api.port'?"
        ),
        (
            "limits:\n  maxConcurrentRequests: 3\n",
            "n.yaml, line 2: there is no setting 'limits.maxConcurrentRequests'. Did you mean 'limits.max_concurrent_requests'?"
        ),
        (
            "limits:\n  port: 3\n", "n.yaml, line 2: there is no setting 'limits.port'. Did you mean 'api.port'?"
        ),
        (
            "port: 80\n",
            "n.yaml, line 1: there is no section 'port'; there are api, data, limits, log, hub, inference. Write it under 'api:'"
        ),
        (
            "inferense: {}\n",
            "n.yaml, line 1: there is no section 'inferense'; there are api, data, limits, log, hub, inference. Did you mean 'inference'?"
        ),
        (
            "state: {type: redis}\n",
            "n.yaml, line 1: the section 'state' is about where Metarank keeps its state, which Needletail does not have; "
                + "remove it"
        ),
        (
            "api:\n  port: 70000\n",
            "n.yaml, line 2: api.port must be a whole number from 0 to 65535, not the number 70000"
        ),
        ("api:\n  port: '80'\n", "n.yaml, line 2: api.port must be a whole number from 0 to 65535, not '80'"),
        (
            "limits:\n  queue_timeout: 30\n",
            "n.yaml, line 2: limits.queue_timeout must be a duration with its unit, such as 30s or 500ms, from 1ms to 24h, "
                + "not the number 30"
        ),
        ("api:\n  open_metrics: 1\n", "n.yaml, line 2: api.open_metrics must be true or false, not the number 1"),
        (
            "limits:\n  long_texts: cut\n",
            "n.yaml, line 2: limits.long_texts must be one of truncate, chunk, refuse, not 'cut'"
        ),
        ("api:\n  keys: {a: b}\n", "n.yaml, line 2: api.keys must be a list of texts, not an object"),
        ("api:\n  keys: [a b]\n", "n.yaml, line 2: an API key is visible ASCII characters without spaces"),
        ("api: 3\n", "n.yaml, line 1: 'api' is a section with settings in it, not a number"),
        (
            "[1]\n", "n.yaml, line 1: a configuration file has sections such as 'inference:' and 'api:', not an array"
        ),
        (
            "inference:\n  a: {type: cross-encoder}\n",
            "n.yaml, line 2: inference.a.model is missing: the folder, name or hub reference of the model"
        ),
        ("inference:\n  a:\n    model:\n", "n.yaml, line 3: inference.a.model has no value"),
        (
            "inference:\n  a: ./x\n", "n.yaml, line 2: inference.a must have 'model:' (and 'type:') in it, not a string"
        ),
        (
            "inference:\n  a:\n    model: x\n    type: llm\n",
            "n.yaml, line 4: inference.a.type must be one of cross-encoder, dense, bi-encoder, sparse, not 'llm'"
        ),
        (
            "inference:\n  a:\n    model: x\n    maxLength: 3\n",
            "n.yaml, line 4: there is no setting 'inference.a.maxLength'. Did you mean 'max_length'?"
        ),
        (
            "inference:\n  a:\n    model: x\n    cache: scores.csv\n",
            "n.yaml, line 4: inference.a.cache must be a size such as 64MiB, or off, not 'scores.csv'. Metarank's cache files "
                + "are not read: the cache fills itself"
        ),
        (
            "inference:\n  a:\n    model: x\n    vocabFile: vocab.txt\n",
            "n.yaml, line 4: inference.a.vocabFile must be tokenizer.json, not 'vocab.txt': the tokenizer is read from the "
                + "model's folder; leave the key out"
        ),
        (
            "inference:\n  a: {model: x}\n  b: {model: y, aliases: [a]}\n",
            "n.yaml, line 3: the name 'a' is taken by model 'a'; every name and alias is there once"
        ),
        (
            "inference:\n  'a b': {model: x}\n",
            "n.yaml, line 2: the name 'a b' cannot be used: 1 to 200 bytes without spaces"
        ),
        (
            "api:\n  tls_key: k\n",
            "n.yaml, line 2: api.tls_key needs api.tls_certificate beside it; set both or neither"
        ),
        ("a: [\n", "n.yaml, line 2, column 1: did not find expected node content while parsing a flow node"),
    ])
    func whatIsWrongIsToldWithLineAndKey(text: String, message: String) throws {
        #expect(try problems(text).map { $0.replacing(/^.*\/n\.yaml/, with: "n.yaml") } == [message])
    }

    @Test func allFaultsAreToldAtOnce() throws {
        let found = try problems("api:\n  prot: 1\n  port: x\nlimits:\n  threads: 0\n")
        #expect(found.count == 3)
    }

    @Test func secretsAreNeverPartOfAMessage() throws {
        for text in ["api:\n  keys: 12345678\n", "api:\n  keys: [\"sec ret\"]\n"] {
            for problem in try problems(text) {
                #expect(!problem.contains("12345678"))
                #expect(!problem.contains("sec ret"))
            }
        }
    }

    @Test func missingFilesAreTold() throws {
        #expect(throws: SettingsError.self) { try ResolvedSettings(file: "/nonexistent/n.yaml") }
        let found = try problems("api:\n  keys_file: nowhere\n")
        #expect(found.count == 1 && found[0].contains("the file with API keys is not there or cannot be read"))
    }
}
