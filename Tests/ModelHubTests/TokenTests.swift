import Foundation
import ModelHub
import NIOHTTP1
import Testing

/// Who gets to see the token, and where settings come from.
@Suite struct TokenTests {
    @Test func theTokenGoesToTheEndpointOnly() async throws {
        try await FakeRepository.model().serving { hub, store in
            try await Workplace.with { place in
                _ = try await place.pull(from: hub) { $0.token = HubToken("hf_secret") }
                #expect(!hub.requests.isEmpty)
                #expect(hub.requests.allSatisfy { $0.headers.first(name: "Authorization") == "Bearer hf_secret" })
                #expect(!store.requests.isEmpty)
                for request in store.requests {
                    #expect(
                        !request.headers.contains { $0.value.contains("hf_secret") || $0.name.lowercased() == "cookie" }
                    )
                }
                #expect(!"\(place.events.list)".contains("hf_secret"))
            }
        }
    }

    @Test func aTokenDoesNotShowItself() throws {
        var settings = HubSettings(home: "/home/user")
        settings.token = HubToken(" hf_secret\n")
        #expect(settings.token == HubToken("hf_secret"))
        var dumped = ""
        dump(settings, to: &dumped)
        for text in ["\(settings)", String(reflecting: settings), dumped] {
            #expect(!text.contains("hf_secret"))
        }
        #expect(HubToken("a\r\nX: y") == nil)
        #expect(HubToken(" \n") == nil)
    }

    @Test func theVariablesAreThoseOfHuggingfaceHub() throws {
        func folder(_ variables: [String: String]) -> String {
            HubSettings(environment: variables.merging(["HOME": "/h"]) { old, _ in old }).cacheFolder
        }
        #expect(folder([:]) == "/h/.cache/huggingface/hub")
        #expect(folder(["XDG_CACHE_HOME": "/x"]) == "/x/huggingface/hub")
        #expect(folder(["XDG_CACHE_HOME": "/x", "HF_HOME": "~/hf"]) == "/h/hf/hub")
        #expect(folder(["HF_HOME": "/hf", "HUGGINGFACE_HUB_CACHE": "/old"]) == "/old")
        #expect(folder(["HUGGINGFACE_HUB_CACHE": "/old", "HF_HUB_CACHE": "/new/"]) == "/new")
        let settings = HubSettings(environment: [
            "HF_ENDPOINT": "https://mirror.example/", "HF_HUB_OFFLINE": "yes", "HF_HUB_DOWNLOAD_TIMEOUT": "7",
            "NEEDLETAIL_ARTIFACTS": "off",
        ])
        #expect(settings.endpoint == "https://mirror.example")
        #expect(settings.isOffline)
        #expect(settings.readTimeout == .seconds(7))
        #expect(settings.artifacts == nil)
        #expect(!HubSettings(environment: ["HF_HUB_OFFLINE": "0"]).isOffline)
    }

    @Test func theTokenComesFromVariablesOrItsFile() async throws {
        try await Workplace.with { place in
            try Data("from_file\n".utf8).write(to: URL(filePath: place.folder + "/token"))
            let home = HubSettings(environment: ["HF_HOME": place.folder])
            #expect(home.token == HubToken("from_file"))
            let path = HubSettings(environment: ["HF_TOKEN_PATH": place.folder + "/token"])
            #expect(path.token == HubToken("from_file"))
            let named = HubSettings(environment: ["HF_HOME": place.folder, "HF_TOKEN": "named"])
            #expect(named.token == HubToken("named"))
            #expect(HubSettings(environment: ["HF_HOME": "/nonexistent"]).token == nil)
        }
    }
}
