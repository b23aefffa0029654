/// BERT's clean-up: control characters away, white space to spaces, ideographs set apart, accents away, lower case.
struct BertNormalizer: Normalizer {
    var cleansText = true
    var separatesIdeographs = true
    var stripsAccents = true
    var lowercases = true

    func normalize(_ text: inout NormalizedText) {
        if cleansText {
            text.beginRewriting()
            while let scalar = text.nextScalar {
                let properties = ScalarProperties.of(scalar)
                if properties.contains(.control) {
                    text.remove()
                } else if properties.contains(.whitespace) {
                    text.replace(with: 0x20)
                } else {
                    text.keep()
                }
            }
            text.endRewriting()
        }
        if separatesIdeographs {
            text.beginRewriting()
            while let scalar = text.nextScalar {
                if ScalarProperties.of(scalar).contains(.ideograph) {
                    text.replace(with: 0x20)
                    text.insert(scalar)
                    text.insert(0x20)
                } else {
                    text.keep()
                }
            }
            text.endRewriting()
        }
        if stripsAccents {
            UnicodeNormalization(form: .nfd).normalize(&text)
            text.removeAll(where: .nonspacingMark)
        }
        if lowercases { LowercaseNormalizer().normalize(&text) }
    }
}
