// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

/// The modules in the order of the house: each may import only those before it.
let package = Package(
  name: "Attune",
  products: [
    .library(name: "Attune", targets: ["Attune"]),
    .library(name: "AttuneCommand", targets: ["AttuneCommand"]),
    .library(name: "AttuneTesting", targets: ["AttuneTesting"]),
    .executable(name: "attune", targets: ["AttuneTool"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
    .package(url: "https://github.com/swhitty/FlyingFox", from: "0.27.0"),
  ],
  targets: [
    .systemLibrary(
      name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev", "liblapacke-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .target(name: "CKernels"),
    .target(name: "AttuneCore", dependencies: ["CKernels", "COpenBLAS", "CZlib"], swiftSettings: settings),
    .target(name: "AttuneData", dependencies: ["AttuneCore"], swiftSettings: settings),
    .target(name: "AttuneTraining", dependencies: ["AttuneCore", "AttuneData"], swiftSettings: settings),
    .target(
      name: "AttuneInference", dependencies: ["AttuneCore", "AttuneData", "AttuneTraining"], swiftSettings: settings),
    .target(
      name: "AttuneExperiments",
      dependencies: [
        "AttuneCore", "AttuneData", "AttuneTraining", "AttuneInference", "Yams",
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "GRDB", package: "GRDB.swift"),
      ],
      swiftSettings: settings),
    .target(
      name: "Attune",
      dependencies: ["AttuneCore", "AttuneData", "AttuneTraining", "AttuneInference", "AttuneExperiments"],
      swiftSettings: settings),
    .target(
      name: "AttuneCommand",
      dependencies: [
        "AttuneCore", "AttuneData", "AttuneTraining", "AttuneInference", "AttuneExperiments",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "FlyingFox", package: "FlyingFox"),
      ],
      swiftSettings: settings),
    .target(
      name: "AttuneTesting", dependencies: ["AttuneCore", "AttuneInference"], swiftSettings: settings),
    .executableTarget(name: "AttuneTool", dependencies: ["AttuneCommand"], swiftSettings: settings),
    .testTarget(name: "AttuneCoreTests", dependencies: ["AttuneCore", "CKernels"], swiftSettings: settings),
    .testTarget(name: "AttuneDataTests", dependencies: ["AttuneData", "AttuneCore"], swiftSettings: settings),
    .testTarget(
      name: "AttuneTrainingTests", dependencies: ["AttuneTraining", "AttuneData", "AttuneCore"],
      swiftSettings: settings),
    .testTarget(
      name: "AttuneInferenceTests",
      dependencies: ["AttuneInference", "AttuneTraining", "AttuneTesting", "AttuneData", "AttuneCore"],
      swiftSettings: settings),
    .testTarget(
      name: "AttuneExperimentsTests",
      dependencies: [
        "AttuneExperiments", "AttuneInference", "AttuneTraining", "AttuneData", "AttuneCore",
        .product(name: "GRDB", package: "GRDB.swift"),
      ],
      swiftSettings: settings),
    .testTarget(
      name: "AttuneCommandTests",
      dependencies: [
        "AttuneCommand", "AttuneExperiments", "AttuneInference", "AttuneTraining", "AttuneData", "AttuneCore",
      ],
      swiftSettings: settings),
  ],
  swiftLanguageModes: [.v6]
)
