import Access
import ClusterState
import Credentials
import Testing

/// What is kept of secrets.
struct PasswordTests {
    /// The vectors of RFC 7914, section 12.
    @Test(arguments: [
        (
            "password", "$scrypt$ln=10,r=8,p=16$TmFDbA==$",
            "/bq+HJ00cgB4VucZDQHp/nxq18vII3gw53N2Y0s3MWIurzDZLiKjiG/xCSedmDDaxyevuUqD7m2DYMvfoswGQA=="
        ),
        (
            "", "$scrypt$ln=4,r=1,p=1$$",
            "d9ZXYhhleyA7GcpC4YqX+WnRDIC4pudmHvUKLdQWBQ+r6DC3dwJgk/k9Fbd6XeDjgKnx6P8XJQ7LbGb3ag4kBg=="
        ),
    ])
    func hashesAreScrypt(_ password: String, _ start: String, _ key: String) async {
        let keeper = SecretKeeper()
        // The second vector has no salt, which a hash of ours always has.
        let isOurs = !start.hasSuffix("$$")
        #expect(await keeper.isPassword(password, of: start + key) == isOurs)
        #expect(await !keeper.isPassword(password + "x", of: start + key))
    }

    @Test func hashesDifferAndFitTheirPasswordAlone() async {
        let keeper = SecretKeeper(logRounds: 6)
        let (one, two) = (
            await keeper.hash(ofPassword: "Développeur@1"), await keeper.hash(ofPassword: "Développeur@1")
        )
        #expect(one != two)
        #expect(one.hasPrefix("$scrypt$ln=6,r=8,p=1$"))
        #expect(!one.contains("Développeur"))
        #expect(await keeper.isPassword("Développeur@1", of: one))
        #expect(await keeper.isPassword("Développeur@1", of: two))
        #expect(await !keeper.isPassword("développeur@1", of: one))
        #expect(await !keeper.isPassword("", of: one))
    }

    @Test(arguments: [
        "", "secret", "$scrypt$", "$scrypt$ln=60,r=8,p=1$AAAA$AAAAAAAAAAAAAAAAAAAAAAAA",
        "$scrypt$ln=10,r=8$AAAA$AAAAAAAAAAAAAAAAAAAAAAAA",
        "$scrypt$ln=10,r=8,p=1$AAAA$AA==", "$2y$12$abcdefghijklmnopqrstuv",
    ])
    func whatIsNoHashFitsNothing(_ text: String) async {
        let keeper = SecretKeeper(logRounds: 4)
        #expect(await !keeper.isPassword("", of: text))
        #expect(await !keeper.isPassword("secret", of: text))
    }

    @Test func madePasswordsPassTheRule() {
        var seen: Set<String> = []
        for _ in 0..<200 {
            let password = RandomText.password()
            #expect(PasswordRule.fault(in: password, of: "admin") == nil)
            #expect(seen.insert(password).inserted)
        }
    }

    @Test func keysAreKeptAsDigests() {
        let keeper = SecretKeeper(logRounds: 4)
        let (one, two) = (keeper.makeAPIKey(), keeper.makeAPIKey())
        #expect(one.id != two.id && one.secret != two.secret)
        #expect(one.secret.count == 43)
        #expect(!one.hash.contains(one.secret))
    }
}
