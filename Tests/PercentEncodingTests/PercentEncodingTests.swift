import PercentEncoding
import Testing

/// Texts as parts of addresses.
@Suite struct PercentEncodingTests {
    @Test func onlyUnreservedCharactersStayAsTheyAre() {
        // RFC 3986, section 2.3.
        let unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
        #expect(unreserved.percentEncoded() == unreserved)
        // Section 2.2, and what is in neither.
        #expect(":/?#[]@".percentEncoded() == "%3A%2F%3F%23%5B%5D%40")
        #expect("!$&'()*+,;=".percentEncoded() == "%21%24%26%27%28%29%2A%2B%2C%3B%3D")
        #expect("a b%\u{0}\"".percentEncoded() == "a%20b%25%00%22")
        // Section 2.5: A with grave, and katakana A.
        #expect("\u{C0}\u{30A2}".percentEncoded() == "%C3%80%E3%82%A2")
        #expect("a/b,*c d".percentEncoded(keeping: "/,*") == "a/b,*c%20d")
        #expect("".percentEncoded() == "")
    }

    @Test func whatIsEncodedIsDecoded() {
        let text = "a b/ü%2F+~\u{1F50E}\n"
        #expect(text.percentEncoded().percentDecoded() == text)
        #expect(text.percentEncoded().percentDecodedIfValid() == text)
        #expect("%7e%7E".percentDecoded() == "~~")
        #expect("a+b".percentDecoded() == "a+b" && "a+b%2B".percentDecoded(plusIsSpace: true) == "a b+")
    }

    @Test(arguments: ["%", "100%", "%4", "%zz", "%+1x", "%-1x", "a%2", "%%41"]) func brokenEscapes(_ text: String) {
        #expect(text.percentDecodedIfValid() == nil)
        #expect(text.percentDecoded() == (text == "%%41" ? "%A" : text))
    }

    @Test func bytesThatAreNoTextAreSeen() {
        #expect("a%FFb".percentDecodedIfValid() == nil)
        #expect("a%FFb".percentDecoded() == "a\u{FFFD}b")
    }
}
