import Losses
import Testing

@Suite("Losses by name")
struct CatalogueTests {
    @Test("Every loss is made without parameters or says which one it needs, and knows its own name")
    func standards() throws {
        for kind in LossKind.all {
            do {
                try #expect(kind.make().name == kind.name)
            } catch {
                #expect(kind.parameters.contains { $0.name == error.parameter && $0.standard == nil })
            }
        }
    }

    @Test("No two losses of one kind of model share a name, and parameters' standards are among their choices")
    func names() {
        for model in LossKind.Model.allCases {
            let kinds = LossKind.all.filter { $0.models.contains(model) }
            #expect(Set(kinds.map(\.name)).count == kinds.count)
            #expect(Set(kinds.map(\.upstreamName)).count == kinds.count)
        }
        for parameter in LossKind.all.flatMap(\.parameters) {
            guard !parameter.choices.isEmpty, case .text(let standard) = parameter.standard else { continue }
            #expect(parameter.choices.contains(standard))
        }
    }

    @Test("A loss has two names; others are refused with those that there are")
    func lookup() throws {
        #expect(try LossKind.named("MarginMSELoss", for: .crossEncoder).name == "margin-mse")
        #expect(try LossKind.named("mnrl", for: .sparse).upstreamName == "SparseMultipleNegativesRankingLoss")
        let error = #expect(throws: LossError.self) { try LossKind.named("lambda", for: .dense) }
        #expect(error?.code == .unknownLoss)
        #expect(error?.reason == "there is no such loss for dense models; it trains cross-encoder models")
        #expect(error?.advice.contains("mnrl, cached-mnrl, margin-mse") == true)
    }

    @Test(
        "Parameters that are unknown or impossible are named",
        arguments: [
            ("mnrl", LossKind.Model.dense, "temperature", LossSetting.number(1)),
            ("mnrl", .dense, "scale", .number(0)), ("mnrl", .dense, "scale", .text("many")),
            ("mnrl", .dense, "similarity", .text("euclidean")),
            ("mnrl", .dense, "directions", .texts(["doc_to_query"])),
            ("mnrl", .dense, "directions", .texts([])), ("mnrl", .dense, "hardness", .text("hard")),
            ("mnrl", .dense, "hardness_strength", .number(-1)), ("cached-mnrl", .dense, "chunk", .number(2.5)),
            ("kl", .dense, "student_temperature", .number(0)), ("triplet", .dense, "distance", .text("dot")),
            ("gist", .dense, "contrast_anchors", .number(1)), ("matryoshka", .dense, "dims", .numbers([64, 0])),
            ("matryoshka", .dense, "dims", .numbers([])), ("splade", .sparse, "loss", .text("splade")),
            ("splade", .sparse, "loss", .number(1)), ("splade", .sparse, "document_threshold", .number(0)),
            ("splade", .sparse, "schedule", .text("cubic")), ("bce", .crossEncoder, "pos_weight", .number(-1)),
            ("lambda", .crossEncoder, "weighting", .text("none")), ("lambda", .crossEncoder, "k", .number(0)),
            ("ranknet", .crossEncoder, "mu", .number(1)), ("listnet", .crossEncoder, "activation", .text("tanh")),
            ("ce-mnrl", .crossEncoder, "negatives", .number(-1)),
        ])
    func badParameters(_ loss: String, _ model: LossKind.Model, _ parameter: String, _ value: LossSetting) throws {
        let error = #expect(throws: LossError.self) { try LossKind.named(loss, for: model).make([parameter: value]) }
        #expect(error?.code == .badParameter)
        #expect(error?.parameter == parameter)
        #expect(error?.advice.isEmpty == false)
    }

    @Test("What a wrapping loss does not know belongs to the loss within, which names what nobody knows")
    func wrapping() throws {
        let loss = try LossKind.named("matryoshka", for: .dense).make(["dims": .numbers([2, 4]), "scale": .number(7)])
        let matryoshka = try #require(loss as? Matryoshka)
        #expect(matryoshka.levels.map(\.width) == [4, 2])
        #expect((matryoshka.base as? MultipleNegativesRanking)?.scale == 7)
        let error = #expect(throws: LossError.self) {
            try LossKind.named("splade", for: .sparse).make(["loss": .text("kl"), "lambda": .number(1)])
        }
        #expect(error?.loss == "kl")
        #expect(error?.parameter == "lambda")
        #expect(throws: LossError.self) {
            try LossKind.named("matryoshka", for: .dense).make(["dims": .numbers([2]), "weights": .numbers([1, 2])])
        }
        #expect(throws: LossError.self) {
            try LossKind.named("mnrl", for: .dense)
                .make(["directions": .texts(["query_to_doc", "doc_to_doc"]), "partition": .text("per_direction")])
        }
    }

    @Test("Chunks are those of the outermost loss that has some")
    func chunks() throws {
        func chunk(_ name: String, _ model: LossKind.Model, _ settings: [String: LossSetting]) throws -> Int? {
            try (LossKind.named(name, for: model).make(settings) as? any EmbeddingLoss)?.chunk
        }
        #expect(try chunk("mnrl", .dense, [:]) == nil)
        #expect(try chunk("cached-mnrl", .dense, [:]) == 32)
        #expect(
            try chunk("matryoshka", .dense, ["dims": .number(4), "loss": .text("cached-mnrl"), "chunk": .number(8)])
                == 8)
        #expect(try chunk("cached-splade", .sparse, ["chunk": .number(4)]) == 4)
        #expect(try chunk("splade", .sparse, [:]) == nil)
    }
}
