import CKernels

/// Random words that are a function of a key and a counter: Philox 4x32-10, as ``Dropout`` draws them.
///
/// Source: Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
package enum Philox {
    /// The four words of a counter.
    package static func words(
        key: UInt64, counter: (UInt32, UInt32, UInt32, UInt32)
    ) -> (UInt32, UInt32, UInt32, UInt32) {
        let counter = [counter.0, counter.1, counter.2, counter.3]
        let key = [UInt32(truncatingIfNeeded: key), UInt32(truncatingIfNeeded: key >> 32)]
        var words: [UInt32] = [0, 0, 0, 0]
        ck_philox(counter, key, &words)
        return (words[0], words[1], words[2], words[3])
    }
}
