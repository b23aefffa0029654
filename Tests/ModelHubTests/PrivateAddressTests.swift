import ModelHub
import Testing

/// Where private addresses are out of bounds, nothing is sent to them.
@Suite struct PrivateAddressTests {
    @Test(
        arguments: [
            "127.0.0.1", "localhost", "[::1]", "0.0.0.0", "10.1.2.3", "192.168.0.1", "172.16.3.4", "169.254.169.254",
            "100.64.0.1", "[::ffff:10.0.0.1]", "[fe80::1]", "[fd00::1]",
        ]) func theyAreNotAsked(_ host: String) async throws
    {
        try await Workplace.with { place in
            let error = await place.failure("http://\(host):9/model.zip") { $0.reachesPrivateAddresses = false }
            #expect(error?.kind == .redirect)
            #expect(error?.reason.contains("leads to this machine or to a private network") == true)
            #expect(error?.advice?.contains("hub.private_addresses") == true)
        }
    }

    @Test func otherwiseTheyAre() async throws {
        try await Workplace.with { place in
            let error = await place.failure("http://127.0.0.1:9/model.zip") { $0.attempts = 1 }
            #expect(error?.kind == .network)
        }
    }
}
