public import AttuneCore

/// What becomes of the logits on their way out.
public protocol CorrectionPart: RecipePart {
  /// Changes an answer's logits.
  mutating func correct(_ answer: inout Answer, using generator: inout Philox) throws
}

extension CorrectionPart {
  /// Most corrections are of class probabilities.
  public static var needsClasses: Bool { true }
}

/// The place of the corrections: each part in turn.
public enum CorrectionPlace: RecipePlace {
  /// `correction` in config files.
  public static let name = "correction"
  /// The kinds that config files can name.
  public static var kinds: [PartKind<any CorrectionPart>] {
    [
      PartKind(PriorCorrection.self) { $0 },
      PartKind(LaplacianCorrection.self) { $0 },
      PartKind(TemplateAdjustment.self) { $0 },
      PartKind(FeatureShift.self) { $0 },
      PartKind(LabelDistributionHandler.self) { $0 },
      PartKind(PriorEstimation.self) { $0 },
      PartKind(ShiftEstimation.self) { $0 },
    ]
  }
}

extension PartChoice where Place == CorrectionPlace {
  /// A part with its settings.
  public static func part<P: CorrectionPart>(_ type: P.Type, _ settings: P.Configuration = P.Configuration()) -> Self {
    Self(PartKind(type) { $0 }, settings)
  }
}
