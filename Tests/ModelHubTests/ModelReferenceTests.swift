import ModelHub
import Testing

/// What a user may write where a model is asked for.
@Suite struct ModelReferenceTests {
    private func read(_ text: String, revision: String? = nil, exists: Set<String> = []) throws -> ModelReference {
        try ModelReference(text, revision: revision) { exists.contains($0) }
    }

    private func kind(_ text: String, revision: String? = nil) -> HubError.Kind? {
        do throws(HubError) {
            _ = try ModelReference(text, revision: revision) { _ in false }
            return nil
        } catch {
            return error.kind
        }
    }

    @Test func repositoriesHaveAnOrganisationAndMaybeARevision() throws {
        #expect(try read("org/name") == .repository(HubRepository(id: "org/name")))
        #expect(try read("org/name@v1.0") == .repository(HubRepository(id: "org/name", revision: "v1.0")))
        #expect(try read("org/name@refs/pr/2") == .repository(HubRepository(id: "org/name", revision: "refs/pr/2")))
        #expect(try read("hf://org/name@x") == .repository(HubRepository(id: "org/name", revision: "x")))
        #expect(try read("hf://gpt2") == .repository(HubRepository(id: "gpt2")))
        #expect(try read("org/name@a", revision: "b") == .repository(HubRepository(id: "org/name", revision: "b")))
    }

    @Test func aPathWinsWhereItExists() throws {
        #expect(try read("org/name", exists: ["org/name"]) == .local("org/name"))
        #expect(try read("hf://org/name", exists: ["org/name"]) == .repository(HubRepository(id: "org/name")))
        #expect(try read("file:///srv/a%20model", exists: ["/srv/a model"]) == .local("/srv/a model"))
        #expect(try read("file:/srv/model", exists: ["/srv/model"]) == .local("/srv/model"))
        #expect(kind("./org/name") == .notFound)
        #expect(kind("/srv/none") == .notFound)
        #expect(kind("name") == .notFound)
        #expect(kind("file:///none") == .notFound)
    }

    @Test func artifactsOfOpenSearchHaveThreeParts() throws {
        let name = "huggingface/sentence-transformers/all-MiniLM-L6-v2"
        #expect(try read(name) == .artifact(ArtifactName(name: name)))
        #expect(try read("\(name)@1.0.2:onnx") == .artifact(ArtifactName(name: name, version: "1.0.2", format: .onnx)))
        #expect(try read(name, revision: "1.0.1") == .artifact(ArtifactName(name: name, version: "1.0.1")))
        #expect(kind("\(name):gguf") == .invalidReference)
        #expect(try read("https://host/a/b.zip?x=1") == .archive(url: "https://host/a/b.zip?x=1", sha256: nil))
    }

    @Test(arguments: [
        "", "a\nb", "org/na me", "org/name@", "org/name@a..b", "org/name@../x", "-a/b", "org/..", "a--b/c",
        "ftp://host/x",
        "https://host/model", "hf://a/b/c", "org/name@.x", "org/name@x.lock", "hf://../..",
    ])
    func whatIsNoReferenceIsRefused(text: String) {
        #expect([.invalidReference, .notFound].contains(kind(text)))
    }

    @Test func addressesInMessagesHaveNoSecrets() throws {
        let reference = try read("https://user:secret@host/model.zip?Signature=secret")
        #expect(reference.text == "https://host/model.zip")
    }
}
