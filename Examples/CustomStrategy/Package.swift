// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "CustomStrategy",
  dependencies: [.package(name: "Attune", path: "../..")],
  targets: [
    .executableTarget(
      name: "CustomStrategy",
      dependencies: [
        .product(name: "Attune", package: "Attune"), .product(name: "AttuneCommand", package: "Attune"),
        .product(name: "AttuneTesting", package: "Attune"),
      ])
  ]
)
