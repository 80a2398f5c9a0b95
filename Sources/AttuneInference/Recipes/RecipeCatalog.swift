internal import AttuneTraining

/// What a recipe can be made of, and what a recipe is made of, for help.
public enum RecipeCatalog {
  /// A kind of part at a place.
  public struct Kind: Sendable {
    /// The name in config files.
    public let name: String
    /// One line on what it does.
    public let summary: String
    /// The settings beside the kind, in order; nil where a part has a rule of its own for a value that is not given.
    public let settings: [(key: String, value: String?)]
  }

  /// A place with the kinds that can stand there.
  public struct Place: Sendable {
    /// The key in config files.
    public let name: String
    /// Whether it holds a list of parts.
    public let isList: Bool
    /// The kinds.
    public let kinds: [Kind]
  }

  /// All places, in the order in which a batch meets them.
  public static var places: [Place] {
    [
      place(StatisticsPlace.self, isList: false),
      Place(
        name: "scope", isList: false,
        kinds: ParameterScope.Kind.allCases.map { kind in
          Kind(
            name: kind.rawValue, summary: kind.summary, settings: kind == .normAffine ? [("exceptLast", "0")] : [])
        }),
      place(ObjectivePlace.self, isList: true), place(SelectionPlace.self, isList: true),
      place(MemoryPlace.self, isList: false), place(RecoveryPlace.self, isList: true),
      place(CorrectionPlace.self, isList: true), place(AugmentationPlace.self, isList: true),
    ]
  }

  private static func place<P: RecipePlace>(_ place: P.Type, isList: Bool) -> Place {
    Place(
      name: P.name, isList: isList,
      kinds: P.kinds.map { Kind(name: $0.name, summary: $0.summary, settings: settings($0.defaults)) })
  }

  /// The settings as config files write single values; what holds more is told by its key alone.
  private static func settings(_ defaults: any Codable & Sendable) -> [(key: String, value: String?)] {
    Mirror(reflecting: defaults).children.compactMap { label, value in
      guard let label else { return nil }
      let mirror = Mirror(reflecting: value)
      guard mirror.displayStyle == .optional else { return (label, shown(value)) }
      return (label, mirror.children.first.flatMap { shown($0.value) })
    }
  }

  private static func shown(_ value: Any) -> String? {
    if let raw = value as? any RawRepresentable { return "\(raw.rawValue)" }
    switch value {
    case let number as Double: return number == number.rounded() && abs(number) < 1e15 ? "\(Int(number))" : "\(number)"
    case let number as Float: return number == number.rounded() && abs(number) < 1e6 ? "\(Int(number))" : "\(number)"
    default: return Mirror(reflecting: value).children.isEmpty ? "\(value)" : nil
    }
  }
}

extension ParameterScope.Kind {
  /// One line for help.
  public var summary: String {
    switch self {
    case .none: "no parameter"
    case .normAffine: "scale and shift of batch norm"
    case .features: "everything before the last linear layer"
    case .classifier: "the last linear layer"
    case .outputBias: "the bias of the last linear layer"
    case .all: "all parameters"
    }
  }
}

/// A strategy's settings that are a recipe.
public protocol RecipeSettings {
  /// The parts.
  var recipe: RecipeConfiguration { get }
}

extension PresetConfiguration: RecipeSettings {}

extension RecipeConfiguration {
  /// What the model must be like, in words.
  public var requirements: [String] {
    (partThatNeedsClasses == nil ? [] : ["a classifier"])
      + (needsNormalization ? ["batch norm in the network, or statistics of its inputs"] : [])
  }

  /// The first part that cannot serve a regression model, with its place; nil where all can.
  var partThatNeedsClasses: String? {
    func first<P: RecipePlace>(of choices: [PartChoice<P>]) -> String? {
      choices.first { $0.kind.needsClasses }.map { "\(P.name): \($0.kind.name)" }
    }
    return first(of: [statistics]) ?? first(of: objectives.map(\.choice)) ?? first(of: selection)
      ?? first(of: [memory]) ?? first(of: recovery) ?? first(of: correction) ?? first(of: augmentations)
      ?? ((teacher?.views ?? 0) > 0 ? "teacher: views" : nil)
  }

  /// The parts that do something, each with its place and settings: `selection: entropy-margin (share 0.4)`.
  var partTexts: [String] {
    var texts = parts.map { "\($0.place): \($0.part)" }
    guard scope.kind != .none else { return texts }
    texts.append("optimizer: \(optimizer.text)")
    if sharpness > 0 { texts.append("sharpness: \(sharpness)") }
    return texts
  }

  /// The parts that do something, each with its place and what it does.
  public var parts: [(place: String, part: String, summary: String)] {
    var parts: [(place: String, part: String, summary: String)] = []
    func add<P: RecipePlace>(_ choice: PartChoice<P>) {
      parts.append((P.name, choice.description, choice.kind.summary))
    }
    add(statistics)
    let left = scope.exceptLast > 0 ? " (exceptLast \(scope.exceptLast))" : ""
    parts.append(("scope", scope.kind.rawValue + left, scope.kind.summary))
    for objective in objectives { add(objective.choice) }
    for part in selection { add(part) }
    if memory.kind.name != NoMemory.kind { add(memory) }
    for part in recovery { add(part) }
    for part in correction { add(part) }
    for part in augmentations { add(part) }
    if let teacher {
      parts.append(
        ("teacher", "momentum \(teacher.momentum)", "a copy of the network that follows the adapted one slowly"))
    }
    return parts
  }
}

extension OptimizerConfiguration {
  /// The rule with its step size, for example `adam (learningRate 0.001)`.
  fileprivate var text: String {
    guard let rule = try? make() else { return "" }
    return "\(type(of: rule).name) (learningRate \(rule.learningRate))"
  }
}
