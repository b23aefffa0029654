// swift-tools-version: 6.2
import PackageDescription

// Programs that measure; kept out of the main package so that its users never build them.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .treatAllWarnings(as: .error),
]

let engine: [Target.Dependency] = [.product(name: "NeedletailEngine", package: "needletail")]

let package = Package(
    name: "Benchmarks",
    dependencies: [.package(name: "needletail", path: "..")],
    targets: [
        // What all of them share: how a thing is timed, and how the figures are printed.
        .target(name: "Measuring", swiftSettings: settings),
        // One executable per part; name it <Part>Benchmarks and add it to `Benchmarks/run`.
        .executableTarget(name: "FormatBenchmarks", dependencies: engine + ["Measuring"], swiftSettings: settings),
        .executableTarget(name: "KernelBenchmarks", dependencies: engine, swiftSettings: settings),
        .executableTarget(name: "RelevanceBenchmarks", dependencies: engine + ["Measuring"], swiftSettings: settings),
        .executableTarget(
            name: "SearchBenchmarks", dependencies: [.product(name: "NeedletailSearch", package: "needletail")],
            swiftSettings: settings),
        .executableTarget(name: "ServeBenchmarks", dependencies: engine, swiftSettings: settings),
        .executableTarget(
            name: "SparseBenchmarks", dependencies: [.product(name: "NeedletailSearch", package: "needletail")],
            swiftSettings: settings),
        .executableTarget(name: "TokenizersBenchmarks", dependencies: engine + ["Measuring"], swiftSettings: settings),
        .executableTarget(
            name: "VectorBenchmarks", dependencies: [.product(name: "NeedletailVectors", package: "needletail")],
            swiftSettings: settings),
    ]
)
