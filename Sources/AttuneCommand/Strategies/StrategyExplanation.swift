internal import AttuneCore
internal import AttuneExperiments
internal import AttuneInference
internal import Foundation

/// All that there is to say of a strategy.
struct StrategyExplanation: Encodable {
  /// A part of a recipe.
  struct Part: Encodable {
    var place: String, part: String, summary: String
  }

  var name: String, summary: String, paper: String?
  var parts: [Part]
  /// What a model must be like; empty where that is not known.
  var requirements: [String] = []
  /// What decides whether numbers can be compared: what changes, and when the answer is taken.
  var conventions: StrategyConventions?
  var sourceAccess: SourceAccess, usesLabels: Bool
  var cost: StrategyCost?
  /// Why there is no cost.
  var costUnknown: String?
  /// The settings with their defaults, as YAML; nil where some have none.
  var settings: String?

  init(_ entry: StrategyRegistry.Entry, in registry: StrategyRegistry) {
    (name, summary, paper) = (entry.name, entry.summary, entry.paper)
    (sourceAccess, usesLabels, parts) = (entry.sourceAccess, entry.usesLabels, [])
    do {
      let chosen = try StrategyConfiguration.load(entry.name, registry: registry)
      settings = try ConfigWriter.yaml(from: chosen)
      conventions = chosen.strategy.conventions
      let recipe = Self.recipe(of: chosen.strategy)
      requirements = recipe?.requirements ?? []
      parts = recipe?.parts.map { Part(place: $0.place, part: $0.part, summary: $0.summary) } ?? []
      cost = try StrategyCost(of: chosen.strategy)
    } catch {
      costUnknown = "\(error)"
    }
  }

  private static func recipe(of strategy: some AdaptationStrategy) -> RecipeConfiguration? {
    (strategy.configuration as? any RecipeSettings)?.recipe
  }

  /// Headed lines, wrapped.
  var text: String {
    var lines = [name + ": " + summary]
    if let paper { lines.append("paper: " + paper) }
    if !parts.isEmpty {
      lines.append("parts:")
      lines += parts.map { "  \($0.place): \($0.part): \($0.summary)" }
    }
    lines.append("changes: " + changes)
    lines.append("needs: " + needs)
    if let cost {
      lines.append(
        String(
          format: "cost: %.4g FLOPs a row, %.3g × plain inference, on a network \(cost.network) with batches of 64",
          cost.operationsPerRow, cost.relativeToPlain))
    } else if let costUnknown {
      lines.append("cost: unknown: \(costUnknown)")
    }
    let head = lines.map { Self.wrapped($0, width: Console.width) }.joined(separator: "\n")
    guard let settings else { return head + "\nsettings: some have no default; see its documentation" }
    return head + "\nsettings, with their defaults:\n"
      + settings.split(separator: "\n").map { "  \($0)" }.joined(separator: "\n")
  }

  private var changes: String {
    guard let conventions else { return "see above" }
    let scope = ParameterScope.Kind(rawValue: conventions.scope)?.summary ?? conventions.scope
    let steps =
      conventions.steps == 0
      ? "no step" : conventions.steps == 1 ? "one step a batch" : "\(conventions.steps) steps a batch"
    let answer =
      switch conventions.prediction {
      case "before": "answers before its update"
      case "after": "answers after its update"
      default: "the teacher answers"
      }
    return [scope, "statistics: \(conventions.statistics)", steps, answer].joined(separator: "; ")
      + (conventions.seesTarget ? "; sees all rows of the stream beforehand" : "")
  }

  private var needs: String {
    let source =
      switch sourceAccess {
      case .none: "nothing of the training data but the model"
      case .statistics: "statistics of the training data, which models of Attune carry"
      case .samples: "rows of the training data"
      case .labels: "rows of the training data with their targets, before it serves (experiment files only)"
      }
    return ([source] + requirements + (usesLabels ? ["labels that come late"] : [])).joined(separator: "; ")
  }

  /// A line broken at blanks, with its own margin and two blanks before what follows.
  static func wrapped(_ line: String, width: Int) -> String {
    let margin = String(line.prefix { $0 == " " })
    var lines: [String] = [], current = margin
    for word in line.split(separator: " ") {
      if current.count > margin.count + 2, current.count + 1 + word.count > width {
        lines.append(current)
        current = margin + "  "
      }
      current += (current.allSatisfy { $0 == " " } ? "" : " ") + word
    }
    return (lines + [current]).joined(separator: "\n")
  }
}

/// The parts that recipes are made of.
enum PartListing {
  struct Place: Encodable {
    var place: String, isList: Bool, kinds: [Kind]
  }

  struct Kind: Encodable {
    var kind: String, summary: String, settings: [Setting]
  }

  struct Setting: Encodable {
    var key: String, value: String?
  }

  static var all: [Place] {
    RecipeCatalog.places.map { place in
      Place(
        place: place.name, isList: place.isList,
        kinds: place.kinds.map { kind in
          Kind(
            kind: kind.name, summary: kind.summary,
            settings: kind.settings.map { Setting(key: $0.key, value: $0.value) })
        })
    }
  }

  static var text: String {
    all.map { place in
      let kinds = place.kinds.flatMap { kind in
        let settings = kind.settings.map { $0.key + ($0.value.map { ": \($0)" } ?? "") }.joined(separator: ", ")
        return [StrategyExplanation.wrapped("  \(kind.kind): \(kind.summary)", width: Console.width)]
          + (settings.isEmpty ? [] : [StrategyExplanation.wrapped("    {\(settings)}", width: Console.width)])
      }
      return ([place.place + (place.isList ? " (a list)" : "")] + kinds).joined(separator: "\n")
    }.joined(separator: "\n")
  }
}
