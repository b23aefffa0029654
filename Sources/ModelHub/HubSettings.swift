/// Where models come from, where they are kept, and how much of the network a download may use.
///
/// ``init(environment:)`` reads the variables of huggingface_hub, so that one cache and one set of variables serve Python and Needletail
/// (<https://huggingface.co/docs/huggingface_hub/package_reference/environment_variables>).
public struct HubSettings: Sendable, Hashable {
    /// The root of the Hugging Face cache: `HF_HUB_CACHE`, else the older `HUGGINGFACE_HUB_CACHE`, else `$HF_HOME/hub`, else
    /// `$XDG_CACHE_HOME/huggingface/hub`, else `~/.cache/huggingface/hub`.
    public var cacheFolder: String
    /// The address of the hub or of a mirror, without a slash at its end: `HF_ENDPOINT`, else `https://huggingface.co`.
    public var endpoint = "https://huggingface.co"
    /// The token of the user: `HF_TOKEN`, else the older `HUGGING_FACE_HUB_TOKEN`, else the contents of `HF_TOKEN_PATH`, else of
    /// `$HF_HOME/token`; nil means anonymous.
    ///
    /// It is sent to the host of ``endpoint`` and to no other, and it is never part of a message.
    public var token: HubToken?
    /// Whether the network is out of bounds: `HF_HUB_OFFLINE` or `TRANSFORMERS_OFFLINE` is 1, ON, YES or TRUE.
    public var isOffline = false
    /// The folder or URL whose subfolders have the layout of OpenSearch's artifact host; nil switches its pretrained names off.
    ///
    /// `NEEDLETAIL_ARTIFACTS`; `off` and the empty string mean nil.
    public var artifacts: String? = "https://artifacts.opensearch.org/models/ml-models"
    /// Where zips are kept: `NEEDLETAIL_ARTIFACT_CACHE`, else `$XDG_CACHE_HOME/needletail`, else `~/.cache/needletail`.
    public var artifactCacheFolder: String
    /// How long making a connection may take; 10 s.
    public var connectTimeout: Duration = .seconds(10)
    /// How long a server may keep silent: `HF_HUB_DOWNLOAD_TIMEOUT` in seconds, else 30 s.
    public var readTimeout: Duration = .seconds(30)
    /// How often a request is sent before its failure is reported; 5.
    ///
    /// An attempt that brought at least 1 MiB of a file does not count.
    public var attempts = 5
    /// How long to wait before the second attempt: 1 s; it doubles from there.
    public var retryDelay: Duration = .seconds(1)
    /// The longest wait between attempts, also where a server asks for more by `Retry-After`; 60 s.
    public var longestRetryDelay: Duration = .seconds(60)
    /// The fewest bytes a second, over ``rateWindow``, that a server has to send of a file; 1024.
    public var leastBytesPerSecond = 1024
    /// How long a server may be slower than ``leastBytesPerSecond``; 60 s.
    public var rateWindow: Duration = .seconds(60)
    /// Whether requests and redirects may lead to this machine, to private networks and the like; true.
    ///
    /// Without it, each name is looked up once, and the connection goes to one of the addresses that were checked.
    public var reachesPrivateAddresses = true
    /// How many redirects one request may take; 10.
    public var maximumRedirects = 10
    /// The largest file that is fetched; 64 GiB.
    public var maximumFileBytes = 64 << 30
    /// The largest sum of the files of one model; 256 GiB.
    public var maximumTotalBytes = 256 << 30
    /// The largest number of files of one model; 512.
    public var maximumFileCount = 512
    /// The largest answer of an API, and the largest JSON file that decides which others are needed; 32 MiB.
    public var maximumListingBytes = 32 << 20
    /// How many files are fetched at the same time; 4.
    public var concurrentDownloads = 4

    /// Settings with the defaults, and caches below one home folder.
    public init(home: String) {
        cacheFolder = home + "/.cache/huggingface/hub"
        artifactCacheFolder = home + "/.cache/needletail"
    }
}

/// A secret that does not show itself in descriptions.
public struct HubToken: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    let value: String

    /// Takes a token; nil if nothing is left without the white space around it.
    public init?(_ text: String) {
        let bytes = text.utf8.drop { $0 <= 0x20 }
        let end = bytes.lastIndex { $0 > 0x20 }.map(bytes.index(after:)) ?? bytes.endIndex
        let kept = bytes[bytes.startIndex..<end]
        // Anything else would break the header field that it is sent in.
        guard !kept.isEmpty, kept.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
        value = String(Substring(kept))
    }

    /// Not the token.
    public var description: String { "(token)" }
    /// Not the token.
    public var debugDescription: String { description }
    /// Nothing.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
