import ModelFiles
import TestSupport
import Testing

/// Files that PyTorch wrote, against the tensors that `Tests/Fixtures/torch/make_torch.py` put into them.
struct TorchFileTests {
    private func open(_ name: String) throws -> WeightArchive {
        try WeightArchive.open(Fixture.path("torch/" + name))
    }

    private func expectSameTensors(_ name: String, as expected: String? = nil) throws {
        try expectSame(open(name), open((expected ?? name) + ".expected.safetensors"))
    }

    @Test func stateDictOfAllElementTypesViewsAndTies() throws {
        try expectSameTensors("kinds.bin")
    }

    @Test(arguments: ["protocol4.bin", "legacy.bin", "repacked.bin"])
    func otherPacksOfTheSameStateDict(name: String) throws {
        try expectSameTensors(name, as: "kinds.bin")
    }

    @Test func stateDictInsideATrainingCheckpoint() throws {
        try expectSameTensors("checkpoint.bin")
    }

    @Test func tracedModule() throws {
        try expectSameTensors("bert-traced.pt")
        #expect(try open("bert-traced.pt").format == .torchScript)
    }

    @Test func scriptedModuleWithListsDictionariesAndTies() throws {
        try expectSameTensors("scripted.pt")
    }

    @Test func tensorsAreUsedInPlace() throws {
        for name in ["kinds.bin", "legacy.bin", "bert-traced.pt"] {
            let archive = try open(name)
            for tensor in archive.tensors { #expect(tensor.bytes.isMapped, "\(tensor.name)") }
        }
        let kinds = try open("kinds.bin")
        let one = try #require(kinds["tied.one"])
        let two = try #require(kinds["tied.two"])
        #expect(one.bytes.offsetInFile == two.bytes.offsetInFile)
        #expect(try #require(kinds["view.transposed"]).strides == [1, 5])
    }

    @Test(arguments: [
        ("big-endian.bin", "byte order \"big\""),
        ("whole-module.bin", "torch.nn.modules.container.Sequential"),
        ("hostile.bin", "system"),
        ("complex.bin", "complex64"),
        ("bert-frozen.pt", "frozen"),
    ])
    func refusesWithAReason(name: String, reason: String) throws {
        let error = try #require(throws: ModelFileError.self) { _ = try open(name) }
        #expect(error.kind == .unsupported)
        #expect(error.description.contains(reason), "\(error)")
        #expect(error.path.contains(name), "\(error)")
        #expect(error.advice != nil)
    }
}
