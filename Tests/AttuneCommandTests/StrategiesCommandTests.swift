import AttuneCore
import Foundation
import Testing

/// `attune strategies` and `attune bench adapt`.
@Suite struct StrategiesCommandTests {
  private struct Cost: Decodable { var operationsPerRow: Double, relativeToPlain: Double }

  private struct Row: Decodable {
    var name: String, summary: String, paper: String?, sourceAccess: String, usesLabels: Bool, cost: Cost?
  }

  @Test func `every built-in strategy has a cost, and a paper if it is a published method`() throws {
    let outcome = try attune("strategies", "--json", in: "/")
    #expect(outcome.code == 0)
    let rows = try JSONDecoder().decode([Row].self, from: Data(outcome.output.utf8))
    #expect(rows.filter { $0.paper == nil }.map(\.name) == ["auto", "none", "online", "static-selection"])
    // What learns from labeled rows before it serves costs what it learned to.
    #expect(rows.filter { $0.cost == nil }.allSatisfy { $0.sourceAccess == "labels" })
    #expect(rows.count { $0.cost == nil } < rows.count / 4)
    let costs = Dictionary(uniqueKeysWithValues: rows.map { ($0.name, $0.cost?.relativeToPlain ?? 0) })
    #expect(costs["none"] == 1 && costs["recipe"] == 1)
    // A forward pass, and the way back to scale and shift; half as much again with all of the weights.
    #expect((1.3..<2).contains(costs["tent"] ?? 0) && (2.2..<3).contains(costs["shot-im"] ?? 0))
    #expect((costs["memo"] ?? 0) > 30 && (1..<1.1).contains(costs["bn-batch"] ?? 0))
  }

  @Test func `a strategy is explained`() throws {
    let outcome = try attune("strategies", "eata", in: "/")
    #expect(outcome.code == 0 && outcome.errors.isEmpty)
    let lines = outcome.output.split(separator: "\n").map(String.init)
    #expect(lines[0].hasPrefix("eata: eta with a penalty on moving parameters"))
    for start in [
      "paper: Niu et al. (2022)", "parts:", "  recovery: fisher (", "changes: ", "needs: rows of the training data",
    ] {
      #expect(lines.contains { $0.hasPrefix(start) }, "\(start)")
    }
    #expect(lines.contains { $0.hasPrefix("cost: ") && $0.contains("× plain inference, on a network 64-128-64-10") })
    #expect(lines.contains("  strategy: eata") && lines.contains("    learningRate: 0.001"))
    let tent = try attune("strategies", "tent", "--json", in: "/").output
    #expect(tent.contains("\"batch norm in the network, or statistics of its inputs\""), "\(tent)")
    let labels = try attune("strategies", "recursive-least-squares", in: "/").output
    #expect(labels.contains("\nneeds: nothing of the training data but the model; labels that come late\n"))
    #expect(try attune("strategies", "source", in: "/").output.hasPrefix("none: the model as it was trained\n"))
  }

  @Test func `an unknown strategy is exit 64 with the nearest name`() throws {
    for command in [["strategies", "tnet"], ["bench", "adapt", "--strategy", "tnet"]] {
      let outcome = try AttuneProcess(command, in: "/").finish()
      #expect(outcome.code == 64)
      #expect(
        outcome.errors.contains("unknown strategy, found 'tnet'; did you mean 'tent'? Known: "), "\(outcome.errors)")
    }
    let both = try attune("strategies", "tent", "--parts", in: "/")
    #expect(both.code == 64)
    #expect(both.errors.hasPrefix("Error: --parts lists the parts of all recipes; leave out 'tent'\n"))
  }

  @Test func `the parts are listed with their places and keys`() throws {
    struct Place: Decodable {
      struct Kind: Decodable {
        struct Setting: Decodable { var key: String, value: String? }
        var kind: String, summary: String, settings: [Setting]
      }
      var place: String, kinds: [Kind]
    }
    let json = try attune("strategies", "--parts", "--json", in: "/").output
    let places = try JSONDecoder().decode([Place].self, from: Data(json.utf8))
    #expect(
      places.map(\.place) == [
        "statistics", "scope", "objectives", "selection", "memory", "recovery", "correction", "augmentations",
      ])
    #expect(places.allSatisfy { place in place.kinds.allSatisfy { !$0.summary.isEmpty } })
    let moving = try #require(places[0].kinds.first { $0.kind == "moving-average" })
    #expect(moving.settings.first?.key == "momentum" && moving.settings.first?.value == "0.1")
    let text = try attune("strategies", "--parts", in: "/").output
    #expect(text.contains("\nselection (a list)\n  entropy-margin: ") && text.contains("    {threshold: 0.9}\n"))
  }

  @Test(arguments: ["tent", "rotta", "ftat", "recursive-least-squares"])
  func `bench adapt measures a strategy on a network that it can serve`(strategy: String) throws {
    struct Result: Decodable {
      var samplesPerSecond: Double, secondsPerBatch: Double, operationsPerRow: Double, operationsRelativeToPlain: Double
      var strategy: String, layers: [Int], batch: Int, threads: Int
    }
    let measured = try attune(
      "bench", "adapt", "--strategy", strategy, "--layers", "8,6,4", "--batch", "16", "--seconds", "0.01", "--json",
      in: "/")
    #expect(measured.code == 0 && measured.errors.isEmpty, "\(measured.errors)")
    let result = try JSONDecoder().decode(Result.self, from: Data(measured.output.utf8))
    let outputs = ["ftat": 2, "recursive-least-squares": 1][strategy] ?? 4
    #expect(
      result.strategy == strategy && result.layers == [8, 6, outputs] && result.batch == 16 && result.threads == 1)
    #expect(abs(result.samplesPerSecond * result.secondsPerBatch - 16) < 1e-6)
    #expect(result.operationsPerRow > 100 && result.operationsRelativeToPlain > 1)
  }

  @Test(arguments: [
    ["--layers", "8"], ["--layers", "8,x,2"], ["--batch", "0"], ["--threads", "0"], ["--seconds", "0"],
  ])
  func `bench adapt refuses what it cannot measure`(options: [String]) throws {
    let refused = try AttuneProcess(["bench", "adapt"] + options, in: "/").finish()
    #expect(refused.code == 64)
    #expect(refused.errors.hasPrefix("Error: --layers takes at least two widths above 0"), "\(refused.errors)")
  }
}
