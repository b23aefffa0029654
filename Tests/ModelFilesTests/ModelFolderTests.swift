import JSON
import ModelFiles
import TestSupport
import Testing

/// Tiny folders that sentence-transformers wrote or loaded (`Tests/Fixtures/modelfolders/make_modelfolders.py`), and its answers.
struct ModelFolderTests {
    private func folder(_ name: String, task: ModelTask? = nil) throws -> ModelFolder {
        try ModelFolder(path: Fixture.path("modelfolders/\(name)"), task: task)
    }

    @Test func everyFolderIsUnderstoodAsSentenceTransformersDoes() throws {
        let expected = try JSONValue(parsing: Fixture.bytes("modelfolders/expected.json"))
        let folders = try #require(expected.object)
        #expect(folders.count == 13)
        for (name, answer) in folders {
            let folder = try folder(name)
            #expect(folder.task.rawValue == answer["task"]?.string, "\(name)")
            #expect(folder.maxSequenceLength == answer["max_seq_length"]?.int, "\(name)")
            #expect(folder.modelType == "bert", "\(name)")
            if let activation = answer["activation"]?.string, folder.task == .crossEncoder {
                #expect(folder.activation.name == activation.lowercased(), "\(name)")
            }
            if let labels = answer["labels"]?.int { #expect(folder.labels.count == labels, "\(name)") }
            if let prompts = answer["prompts"]?.object {
                #expect(folder.prompts.filter { !$0.value.isEmpty }.count == prompts.count, "\(name)")
                for (key, text) in prompts { #expect(folder.prompts[key] == text.string, "\(name)") }
            }
            #expect(folder.defaultPromptName == answer["default_prompt_name"]?.string, "\(name)")
            for module in folder.modules {
                #expect(module.kind != .unsupported, "\(name)")
                if case .pooling(let pooling) = module.kind {
                    #expect(pooling.modes.map(\.rawValue) == answer["pooling"]?.array?.compactMap(\.string), "\(name)")
                }
                if case .spladePooling(let pooling) = module.kind {
                    #expect(pooling.strategy.rawValue == answer["strategy"]?.string, "\(name)")
                    #expect(pooling.activation.rawValue == answer["activation"]?.string, "\(name)")
                }
            }
            if let modules = answer["modules"]?.array { #expect(folder.modules.count == modules.count, "\(name)") }
            #expect(try folder.weights().names.count > 20, "\(name)")
            #expect(try folder.tokenizerJSON()?["model"] != nil, "\(name)")
        }
    }

    @Test func oldAndNewDenseModulesAreTheSame() throws {
        let new = try folder("dense-new")
        let old = try folder("dense-old")
        #expect(old.lowercasesInput && !new.lowercasesInput)
        #expect(new.similarity == "dot" && old.similarity == nil)
        let weights = try [new, old].map { folder in
            guard case .dense(let dense) = folder.modules[2].kind else {
                Issue.record("no Dense module")
                return [Float]()
            }
            #expect(dense.inputCount == 16 && dense.outputCount == 4 && dense.hasBias && !dense.hasResidual)
            #expect(dense.activation == (folder.path == new.path ? .tanh : .identity))
            return try folder.weights(of: folder.modules[2]).tensor("linear.weight").floats()
        }
        #expect(weights[0].count == 64 && weights[0] == weights[1])
        #expect(old.modules[3].kind == .normalize && new.modules[3].kind == .normalize)
    }

    @Test func aRouterSplitsQueriesFromDocuments() throws {
        let folder = try folder("router-new")
        #expect(folder.task == .sparse)
        #expect(folder.transformerFolder == "document_0_Transformer")
        #expect(folder.modules.map(\.kind) == [.transformer(.tokenLogits), .spladePooling(.init())])
        #expect(folder.queryModules?.map(\.kind) == [.sparseStaticEmbedding])
        #expect(folder.queryTokenizerFolder == "query_0_SparseStaticEmbedding")
        #expect(folder.tokenizerPath()?.hasSuffix("router-new/document_0_Transformer") == true)
        guard case .byID(let weights) = try folder.queryTokenWeights() else {
            Issue.record("no weights by id")
            return
        }
        #expect(try weights.floats() == (0..<13).map { Float($0) / 4 })
        #expect(try folder.weights()["bert.embeddings.word_embeddings.weight"]?.shape == [13, 8])
    }

    @Test func aTokenizerWithQueryWeightsIsAModel() throws {
        let folder = try folder("idf")
        #expect(folder.task == .sparseQuery)
        guard case .byToken(let weights) = try folder.queryTokenWeights() else {
            Issue.record("no weights by token")
            return
        }
        #expect(weights.map(\.token) == ["a", "b", "[UNK]"])
        #expect(weights.map(\.weight) == [1.5, 0.25, 0])
    }

    @Test func positionsOfTheRobertaFamilyStartBehindThePadding() throws {
        #expect(try folder("plain-roberta").maxSequenceLength == 31)
    }

    @Test func theCallerMayDecideWhereTheFolderIsOpen() throws {
        let folder = try folder("plain-mlm", task: .dense)
        #expect(folder.modules.count == 2 && folder.modules[0].kind == .transformer(.tokenEmbeddings))
    }

    @Test func shardsAreOneArchive() throws {
        let whole = try folder("plain-dense").weights()
        let sharded = try folder("sharded").weights()
        #expect(Set(whole.names) == Set(sharded.names))
        for name in whole.names {
            #expect(try whole.tensor(name).floats() == sharded.tensor(name).floats())
        }
    }

    @Test func aWeightFileIsOpenedWithTheConfigurationBesideIt() throws {
        let folder = try folder("plain-dense/model.safetensors")
        #expect(folder.modelType == "bert")
        #expect(try folder.weights().names.count > 20)
    }

    @Test func theShippedModelIsUnderstood() throws {
        let folder = try ModelFolder(path: Fixture.repositoryRoot + "/Models/starter-cross-encoder")
        #expect(folder.task == .crossEncoder && folder.labels.count == 1 && folder.activation == .identity)
        #expect(folder.maxSequenceLength == 256)
        let tensor = try folder.weights().tensor("bert.embeddings.word_embeddings.weight")
        #expect(tensor.elementType == .i8 && tensor.rowScales != nil)
        let row = try tensor.floats()[384 * 2000..<384 * 2001]
        #expect(row.contains { $0 != 0 } && row.allSatisfy { $0.magnitude < 1 })
    }
}
