import Tensors
import Testing

@Suite struct CPUFeaturesTests {
    @Test func reportNamesTheBuildInUse() {
        let features = CPUFeatures.current
        #expect(features.available.first == .portable)
        #expect(features.available.contains(features.used))
        #expect(features.description.contains(features.used.description))
        #expect(Kernels.active.variant == features.used)
    }

    @Test func everyBuildThatRunsHereCanBeForced() throws {
        for variant in CPUFeatures.current.available {
            let features = CPUFeatures(override: variant.description)
            #expect(features.used == variant)
            #expect(features.isForced)
            #expect(features.overrideError == nil)
        }
        let unset = CPUFeatures(override: "")
        #expect(unset.used == unset.available.last)
        #expect(!unset.isForced)
    }

    @Test func anUnknownBuildIsReportedNotIgnored() throws {
        for name in ["sse9", "AVX2", "avx512vnni-and-more-than-thirty-two-characters", "\u{1F980}"] {
            let features = CPUFeatures(override: name)
            let error = try #require(features.overrideError)
            #expect(!error.isKnown)
            #expect(name.hasPrefix(error.value) || error.value.unicodeScalars.first == name.unicodeScalars.first)
            #expect(features.used == features.available.last)
            #expect(throws: CPUOverrideError.self) { try features.checkOverride() }
        }
    }

    @Test func overrideErrorsSayWhatToDo() {
        let unknown = CPUOverrideError(value: "sse9", isKnown: false, available: [.portable, .avx2])
        #expect(unknown.description.contains("sse9"))
        #expect(unknown.description.contains("portable, avx2"))
    }
}
