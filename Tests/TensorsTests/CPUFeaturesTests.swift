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

    @Test func overrideErrorsSayWhatToDo() {
        let unknown = CPUOverrideError(value: "sse9", isKnown: false, available: [.portable, .avx2])
        #expect(unknown.description.contains("sse9"))
        #expect(unknown.description.contains("portable, avx2"))
    }
}
