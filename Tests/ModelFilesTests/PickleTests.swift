import ModelFiles
import TestSupport
import Testing

struct PickleTests {
    private func read(_ bytes: [UInt8], limits: PickleLimits = .standard) throws(ModelFileError) -> PickleTree {
        try PickleReader.read(FileBytes(bytes, path: "test.pkl"), limits: limits)
    }

    private func error(_ bytes: [UInt8], limits: PickleLimits = .standard) throws -> ModelFileError {
        try #require(throws: ModelFileError.self) { _ = try read(bytes, limits: limits) }
    }

    private func ascii(_ text: String) -> [UInt8] { [UInt8](text.utf8) }

    /// Values in the form in which Python prints them, as far as that matters here.
    private func text(_ tree: PickleTree, _ value: PickleTree.Reference) -> String {
        switch tree[value] {
        case .none: "None"
        case .bool(let value): value ? "True" : "False"
        case .integer(let value): "\(value)"
        case .hugeInteger: "huge"
        case .float(let value): "\(value)"
        case .string(let value): "'\(value)'"
        case .bytes(let range): "<\(range.count) bytes>"
        case .tuple(let elements): "(" + elements.map { text(tree, $0) }.joined(separator: ", ") + ")"
        case .list: "[" + (tree.elements(of: value) ?? []).map { text(tree, $0) }.joined(separator: ", ") + "]"
        case .dictionary:
            "{"
                + (tree.pairs(of: value) ?? []).map { text(tree, $0.key) + ": " + text(tree, $0.value) }
                .joined(separator: ", ") + "}"
        case .global(let module, let name): module + "." + name
        case .call(let function, let arguments): text(tree, function) + text(tree, arguments)
        case .object: "object"
        case .persistent(let id): "storage" + text(tree, id)
        }
    }

    @Test(arguments: 0...5)
    func plainValuesOfEveryProtocol(version: Int) throws {
        // Made by Python: see Fuzz/make_corpus.py. Sets and, in old protocols, bytes are calls that are not carried out.
        let bytes = try FileBytes(path: Fixture.repositoryRoot + "/Fuzz/Corpus/pickle/plain\(version)")
        let tree = try PickleReader.read(bytes)
        let found = text(tree, tree.root)
        #expect(found.hasPrefix("{'a': [1, -2, 3.5, None, True, 'x', "), "\(found)")
        #expect(found.contains("(1, 2)], huge: {'b': "), "\(found)")
        if version >= 4 {
            #expect(found.hasSuffix("'x', <1 bytes>, (1, 2)], huge: {'b': [1]}, 'c': [2]}"), "\(found)")
        }
    }

    @Test(arguments: [
        "cos\nsystem\n(S'touch pwned'\ntR.", "c__builtin__\neval\n.", "cbuiltins\ngetattr\n.", "ctorch.hub\nload\n.",
        "csubprocess\nPopen\n.", "c__torchx\nModule\n.", "ctorch._utils\n_rebuild_sparse_tensor\n.",
    ])
    func refusesGlobalsThatAreNotOnTheList(pickle: String) throws {
        let error = try error(ascii(pickle))
        #expect(error.kind == .unsupported)
        #expect(error.offset == 0)
        #expect(error.description.contains("Nothing of it was run"))
    }

    @Test func refusesNamesThatComeFromTheStack() throws {
        let error = try error([0x80, 4, 0x8C, 2] + ascii("os") + [0x8C, 6] + ascii("system") + [0x93, 0x2E])
        #expect(error.description.contains("os.system"))
    }

    @Test(arguments: [
        "", ".", "a.", "t.", "R.", "b.", "}}s.", "}NNs", "h\u{1}.", "(NNNd.", "]NNu.", "0.", "2.", "I1x\n.", "Fx\n.",
        "S'x\n.", " (((", "}(Nu.", "I1",
    ])
    func refusesStreamsThatMakeNoSense(pickle: String) throws {
        #expect([.malformed, .truncated, .unsupported].contains(try error(ascii(pickle)).kind))
    }

    @Test func claimsOfTerabytesAreTruncations() throws {
        let huge: [UInt8] = [0, 0, 0, 0, 0, 1, 0, 0]
        for bytes in [
            [0x8D] + huge, [0x8E] + huge, [0x96] + huge, [0x8D] + [UInt8](repeating: 0xFF, count: 8),
            [0x58, 0xFF, 0xFF, 0xFF, 0xFF], [0x8B, 0xFF, 0xFF, 0xFF, 0x7F], [0x8B, 0xFF, 0xFF, 0xFF, 0xFF],
            [0x54, 0xFF, 0xFF, 0xFF, 0xFF],
        ] {
            #expect([.malformed, .truncated].contains(try error(bytes).kind))
        }
    }

    @Test func deepNestingCostsNoStack() throws {
        let depth = 300_000
        let lists = [UInt8](repeating: UInt8(ascii: "]"), count: depth)
        let tree = try read(lists + [UInt8](repeating: UInt8(ascii: "a"), count: depth - 1) + ascii("."))
        #expect(tree.elements(of: tree.root)?.count == 1)
        let tuples = ascii(")") + [UInt8](repeating: 0x85, count: depth) + ascii(".")
        #expect(throws: Never.self) { try read(tuples) }
    }

    @Test func numberOfOpcodesIsLimited() throws {
        let nothing = [UInt8](repeating: UInt8(ascii: "N"), count: 1_000_001)
        let error = try error(nothing)
        #expect(error.kind == .limitExceeded)
        #expect(error.offset != nil && error.reason.contains("more opcodes than the limit of "))
    }

    @Test func copyingOneListAgainAndAgainIsLimited() throws {
        // A list of 1,000 pairs, and 10,000 dictionaries made of it: ten million pairs out of 50 KB.
        var bytes =
            ascii("](") + [[UInt8]](repeating: [0x4E, 0x4E, 0x86], count: 1000).flatMap { $0 } + ascii("eq\u{0}0")
        bytes += ascii("ccollections\nOrderedDict\nq\u{1}0")
        for _ in 0..<10_000 { bytes += ascii("h\u{1}h\u{0}") + [0x85] + ascii("R0") }
        bytes += ascii("N.")
        #expect(try error(bytes).kind == .limitExceeded)
    }

    @Test func modulesThatContainThemselvesEnd() throws {
        // __torch__.M() whose attribute `m` is itself, inside an archive of TorchScript.
        let cyclic = ascii("c__torch__\nM\n)") + [0x81] + ascii("q\u{0}}(X\u{1}\0\0\0mh\u{0}ub.")
        // A chain in which every module holds the next one twice: 2^60 paths.
        var doubling: [UInt8] = ascii("c__torch__\nM\n)") + [0x81] + ascii("q\u{0}0")
        for level in 1...60 {
            doubling +=
                ascii("c__torch__\nM\n)") + [0x81, 0x71, UInt8(level)] + ascii("}(X\u{1}\0\0\0a") + [
                    0x68, UInt8(level - 1),
                ]
            doubling += ascii("X\u{1}\0\0\0b") + [0x68, UInt8(level - 1)] + ascii("ub0")
        }
        doubling += [0x68, 60] + ascii(".")
        for pickle in [cyclic, doubling] {
            let archive = ZipBuilder([
                .init(name: "m/data.pkl", data: pickle), .init(name: "m/constants.pkl", data: ascii(").")),
            ])
            let error = try #require(throws: ModelFileError.self) { _ = try WeightArchive.open(archive.file()) }
            #expect(error.kind == .limitExceeded, "\(error)")
            #expect(error.path == "test.zip: m/data.pkl")
        }
    }
}
