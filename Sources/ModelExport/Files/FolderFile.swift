/// A file or folder of a model folder to be.
struct FolderFile {
    enum Contents {
        /// An empty folder.
        case folder
        case bytes([UInt8])
        /// A safetensors file.
        case weights([ExportedTensor])
    }

    /// Relative to the folder.
    var name: String
    var contents: Contents

    /// About how many bytes it takes.
    var byteCount: Int {
        switch contents {
        case .folder: 0
        case .bytes(let bytes): bytes.count
        case .weights(let tensors):
            tensors.reduce(0) { sum, tensor in
                let (size, overflow) = tensor.count.multipliedReportingOverflow(by: 4)
                let (total, carried) = sum.addingReportingOverflow(overflow ? Int.max : size)
                return carried ? Int.max : total
            }
        }
    }
}
