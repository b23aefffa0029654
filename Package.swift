// swift-tools-version: 6.2
import PackageDescription

/// Every Swift target of ours: Swift 6 mode, explicit imports, no warnings.
let common: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableExperimentalFeature("Lifetimes"),
    .treatAllWarnings(as: .error),
]

/// Targets that never touch raw memory also turn strict memory safety on.
let safe: [SwiftSetting] = common + [.strictMemorySafety()]

/// Debian's static archives, so that the executable stays a single file.
let zlib: LinkerSetting = .linkedLibrary(":libz.a", .when(platforms: [.linux]))
let pcre2: LinkerSetting = .linkedLibrary(":libpcre2-8.a", .when(platforms: [.linux]))

let package = Package(
    name: "needletail",
    products: [
        .executable(name: "needletail", targets: ["needletail"]),
        // For the nested packages `Benchmarks` and `Fuzz`.
        .library(
            name: "NeedletailEngine",
            targets: ["JSON", "Tensors", "ModelFiles", "Tokenizers", "Layers", "Encoders", "Relevance"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
    ],
    targets: [
        // Level 0
        .target(
            name: "CKernels",
            cSettings: [.unsafeFlags(["-O3", "-Wall", "-Wextra", "-Werror", "-fno-math-errno"])]
        ),
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CPCRE2", providers: [.apt(["libpcre2-dev"])]),
        // Level 1
        .target(name: "Tensors", dependencies: ["CKernels"], swiftSettings: common),
        .target(name: "JSON", swiftSettings: common),
        .target(name: "ModelFiles", dependencies: ["JSON", "CZlib"], swiftSettings: common, linkerSettings: [zlib]),
        // Level 2
        .target(name: "Tokenizers", dependencies: ["JSON", "CPCRE2"], swiftSettings: common, linkerSettings: [pcre2]),
        .target(name: "Layers", dependencies: ["Tensors"], swiftSettings: common),
        // Level 3
        .target(
            name: "Encoders", dependencies: ["Layers", "Tokenizers", "ModelFiles", "JSON", "Tensors"],
            swiftSettings: common),
        // Level 4
        .target(name: "Relevance", dependencies: ["JSON", "CZlib"], swiftSettings: safe, linkerSettings: [zlib]),
        // Level 7
        .executableTarget(
            name: "needletail",
            dependencies: [
                "Encoders", "Tokenizers", "ModelFiles", "Relevance", "JSON",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: common
        ),
        // Tests
        .target(name: "TestSupport", dependencies: ["JSON"], path: "Tests/TestSupport", swiftSettings: common),
        .testTarget(name: "JSONTests", dependencies: ["JSON", "TestSupport"], swiftSettings: common),
        .testTarget(name: "TensorsTests", dependencies: ["Tensors", "CKernels", "TestSupport"], swiftSettings: common),
        .testTarget(
            name: "ModelFilesTests", dependencies: ["ModelFiles", "JSON", "TestSupport"], swiftSettings: common),
        .testTarget(
            name: "TokenizersTests", dependencies: ["Tokenizers", "JSON", "TestSupport"], swiftSettings: common),
        .testTarget(name: "LayersTests", dependencies: ["Layers", "Tensors", "TestSupport"], swiftSettings: common),
        .testTarget(
            name: "EncodersTests",
            dependencies: ["Encoders", "Layers", "Tokenizers", "ModelFiles", "JSON", "Tensors", "TestSupport"],
            swiftSettings: common
        ),
        .testTarget(name: "RelevanceTests", dependencies: ["Relevance", "JSON", "TestSupport"], swiftSettings: common),
        .testTarget(name: "CommandLineTests", dependencies: ["JSON", "TestSupport"], swiftSettings: common),
    ]
)
