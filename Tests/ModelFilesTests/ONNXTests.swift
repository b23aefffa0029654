import ModelFiles
import TestSupport
import Testing

/// Files of PyTorch's exporter and of ONNX Runtime's quantiser, against the tensors that `Tests/Fixtures/onnx/make_onnx.py`
/// put into them.
struct ONNXTests {
    private func open(_ name: String) throws -> WeightArchive {
        try WeightArchive.open(Fixture.path("onnx/" + name))
    }

    @Test(arguments: [
        "bert-classifier", "bert-mlm", "distilbert-mlm", "roberta-classifier", "mpnet", "bert-int8",
        "bert-uint8-columns",
    ])
    func weightsHaveTheNamesAndLayoutOfTheModel(name: String) throws {
        try expectSame(open(name + ".onnx"), open(name + ".onnx.expected.safetensors"))
    }

    @Test(arguments: ["bert-unfolded.onnx", "bert-external.onnx"])
    func sameModelExportedInAnotherWay(name: String) throws {
        try expectSame(open(name), open("bert-classifier.onnx.expected.safetensors"))
    }

    @Test func everyFormOfATensorAndOfALinearLayer() throws {
        try expectSame(open("plain.onnx"), open("plain.onnx.expected.safetensors"))
    }

    @Test func weightsAreUsedInPlace() throws {
        for name in ["bert-classifier.onnx", "bert-external.onnx"] {
            for tensor in try open(name).tensors { #expect(tensor.bytes.isMapped, "\(tensor.name)") }
        }
        let query = try open("bert-classifier.onnx").tensor("bert.encoder.layer.0.attention.self.query.weight")
        #expect(query.strides == [1, 8])
    }
}
