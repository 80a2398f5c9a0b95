import AttuneCore
import AttuneInference
import AttuneTraining
import Foundation
import Testing

/// Selection, penalty and reset against their published code.
@Suite struct SelectivePublishedTests {
  private func selection(cosine: Double, share: Double = 0.4) -> [PartChoice<SelectionPlace>] {
    var margin = EntropyMargin.Configuration(), diversity = Diversity.Configuration()
    (margin.share, margin.weighted, diversity.cosine) = (share, true, cosine)
    return [.part(EntropyMargin.self, margin), .part(Diversity.self, diversity)]
  }

  @Test(arguments: [("adam", 0.5, 0.4), ("fastAdam", 0.5, 0.4), ("sgd", 0.4, 0.4), ("tightSgd", 0.25, 0.2)])
  func `eta gives the logits of the published code`(key: String, cosine: Double, share: Double) throws {
    try PublishedGradientRun.check(EfficientEntropyMinimization.self, "eta", key) {
      $0.selection = selection(cosine: cosine, share: share)
    }
  }

  @Test func `rdumb gives the logits of the published eta that is reset, with the average that the reset forgets`()
    throws
  {
    var reset = PeriodicReset.Configuration()
    reset.batches = 5
    try PublishedGradientRun.check(PeriodicallyReset.self, "eta", "resetCleared") {
      ($0.selection, $0.recovery) = (selection(cosine: 0.5), [.part(PeriodicReset.self, reset)])
    }
  }

  @Test(arguments: [("adam", 2000.0), ("light", 20.0), ("sgd", 50.0)])
  func `eata gives the logits of the published code`(key: String, weight: Double) throws {
    var fisher = FisherPenalty.Configuration()
    (fisher.weight, fisher.batch) = (weight, 32)
    try PublishedGradientRun.check(AntiForgettingEntropyMinimization.self, "eata", key) {
      ($0.selection, $0.recovery) = (selection(cosine: 0.5), [.part(FisherPenalty.self, fisher)])
    }
  }

  private func sar(_ key: String, share: Double, skipsLast: Bool = false, _ floor: EntropyFloor.Configuration) throws {
    var margin = EntropyMargin.Configuration()
    margin.share = share
    let run = try PublishedGradientRun.load("sar", key)
    var rule = SGD.Configuration()
    (rule.learningRate, rule.momentum) = (try #require(run.settings.learningRate), 0.9)
    try PublishedGradientRun.check(SharpnessAwareReliable.self, "sar", key) {
      ($0.scope, $0.optimizer) = (ParameterScope(.normAffine, exceptLast: skipsLast ? 1 : 0), .sgd(rule))
      ($0.selection, $0.recovery) = ([.part(EntropyMargin.self, margin)], [.part(EntropyFloor.self, floor)])
    }
  }

  @Test(arguments: [
    ("asPublished", 0.32, false), ("asPublishedLate", 0.34, false), ("asPublishedFirstNorm", 0.33, true),
  ])
  func `sar as published gives the logits of the published code with its resets`(
    key: String, share: Double, skipsLast: Bool
  ) throws {
    var floor = EntropyFloor.Configuration()
    floor.asPublished = true
    try sar(key, share: share, skipsLast: skipsLast, floor)
  }

  @Test(arguments: [("repaired", 0.2565, false), ("repairedNoReset", 0, false), ("repairedFirstNorm", 0.2565, true)])
  func `sar gives the logits of the published code whose reset is repaired`(
    key: String, below: Double, skipsLast: Bool
  ) throws {
    var floor = EntropyFloor.Configuration()
    floor.share = below / 1.6094379124341003  // ln 5
    try sar(key, share: 0.4, skipsLast: skipsLast, floor)
  }

  @Test(arguments: [
    ("adam", 0.5, 0.2, false), ("fastAdam", 0.5, 0.2, false), ("sgd", 0.5, 0.2, false),
    ("sgdFirstNorm", 0.5, 0.2, true), ("strict", 0.3, 0.6, false),
  ])
  func `deyo gives the logits of the published code`(
    key: String, share: Double, threshold: Double, skipsLast: Bool
  ) throws {
    var margin = EntropyMargin.Configuration(), destruction = Destruction.Configuration()
    (margin.share, destruction.threshold, destruction.view) = (share, threshold, .augmentations)
    try PublishedGradientRun.check(DestroyTheObject.self, "deyo", key) {
      $0.scope = ParameterScope(.normAffine, exceptLast: skipsLast ? 1 : 0)
      $0.selection = [.part(EntropyMargin.self, margin), .part(Destruction.self, destruction)]
      $0.augmentations = [.part(KnownPermutation.self)]
    }
  }
}

/// The permutation of the fixtures.
private struct KnownPermutation: AugmentationPart {
  typealias Configuration = NoSettings
  static let kind = "known-permutation"
  static let summary = "the permutation of the fixtures"
  private let columns: [Int]
  init(_ configuration: NoSettings, in setup: RecipeSetup) throws {
    let path = PublishedFixture.folder.appending(path: "common.safetensors").path
    columns = try SafetensorsFile(contentsOf: path).tensor("permutation").integers()
  }
  func apply(to rows: Matrix, using generator: inout Philox) -> Matrix { rows.columns(at: columns) }
}
