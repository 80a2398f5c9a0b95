internal import AttuneInference
internal import Foundation

/// How the numbers were made: the rules of the comparison, and machine, build and inputs.
enum ProtocolSection {
  static func render(_ data: ReportData) -> Markup {
    let rules = rules(data).map { "<li>\($0)</li>" as Markup }.joined("\n")
    return """
      <h3>Protocol</h3>
      <ul class="rules">
      \(rules)
      </ul>
      \(StreamRulesTable.render(data))
      \(ArmRulesTable.render(data))
      \(ChoiceTable.render(data))
      \(provenance(data.results.provenance))
      """
  }

  /// Machine, build and inputs.
  static func provenance(_ provenance: Provenance) -> Markup {
    """
    <h3>Provenance</h3>
    <dl>
    \(facts(provenance).map { "<dt>\($0.0)</dt><dd>\($0.1)</dd>" as Markup }.joined("\n"))
    </dl>
    \(files(provenance))
    """
  }

  private static func rules(_ data: ReportData) -> [Markup] {
    let results = data.results
    let labeled = results.inferenceArms.filter(\.usesLabels).map { Wording.name($0.name) }
    let intervals = results.inferenceArms.filter { $0.intervals?.usesLabels == true && !$0.usesLabels }
      .map { Wording.name($0.name) }
    let forIntervals: [Markup] =
      intervals.isEmpty
      ? []
      : [
        """
        Late labels reach the prediction intervals of \(Wording.list(intervals)), and not the answers.
        """
      ]
    let labels: Markup =
      labeled.isEmpty
      ? intervals.isEmpty
        ? "No inference arm ever sees a label of the stream." : "No answer ever depends on a label of the stream."
      : """
      Labels of the stream are never seen, but by \(Wording.list(labeled)), and there after the prediction they belong \
      to.
      """
    let sources = results.inferenceArms.filter { $0.sourceAccess != "none" }
      .map { "\(Wording.name($0.name)) (\($0.sourceAccess))" as Markup }
    let access: Markup =
      sources.isEmpty
      ? "No inference arm uses anything of the training data besides the weights."
      : "Of the training data, besides the weights, these arms use: \(Wording.list(sources))."
    let oracles = results.inferenceArms.filter(\.isOracle).map { Wording.name($0.name) }
    let oracle: [Markup] =
      oracles.isEmpty
      ? []
      : [
        """
        The settings of \(Wording.list(oracles)) (<b>oracle</b>) were chosen by the error on the stream itself, with its \
        labels: these figures are bounds that no one can reach without labels, and are never called best.
        """
      ]
    let interval: Markup =
      results.seeds.count > 1
      ? """
      Intervals are 95 % intervals of the mean over seeds (\(methods(data))).
      """ : "There is one seed: intervals and verdicts cannot be stated, and a difference may be chance."
    let seeds = results.seeds.map(String.init).joined(separator: ", ")
    return [
      "\(Wording.counted(results.seeds.count, "seed")) (\(seeds)); every arm ran once with each.",
      labels,
    ] + forIntervals + oracle + [
      access, interval,
      """
      An inference arm is compared with \(Wording.name(results.baseline)) on the same trained model, stream and seed. \
      “No difference shown” is no proof that there is none.
      """,
      judgement(data),
      "FLOPs are counted, not measured; a multiply and an add are two.",
    ]
  }

  /// Which intervals the cells have.
  private static func methods(_ data: ReportData) -> String {
    let counts = Set(data.results.cells.map { $0.perSeed.count { $0 != nil } })
    let found = Set(counts.compactMap { data.statistics.method(count: $0) })
    let names = IntervalMethod.allCases.filter(found.contains).map(\.title)
    return names.isEmpty ? IntervalMethod.t.title : names.joined(separator: " and ")
  }

  /// What decides a verdict.
  private static func judgement(_ data: ReportData) -> Markup {
    guard data.results.statistics != nil else {
      return """
        Helps and hurts mean that the 95 % interval of the paired difference excludes zero. No correction for many \
        comparisons: of comparisons without any true difference, about one in twenty will still show one.
        """
    }
    let configuration = data.results.comparedBy, comparisons = data.results.cells.compactMap(\.comparison)
    let rule = comparisons.isEmpty ? "nothing was compared" : ComparisonText.rule(comparisons, configuration)
    let limit = ComparisonText.limit(comparisons, level: configuration.level).map { " " + $0 } ?? ""
    let meaning: Markup
    switch configuration.correction {
    case .holm:
      meaning = "of experiments without any true difference, at most one in \(one(configuration)) shows one at all."
    case .benjaminiHochberg:
      meaning = "of the differences that are shown, about one in \(one(configuration)) is none."
    case .none:
      meaning = "of comparisons without any true difference, about one in \(one(configuration)) will still show one."
    }
    return """
      Helps and hurts are said where the test of the paired differences says so (\(rule)): \(meaning) Training arms are \
      compared with the first one under the baseline in a family of their own. An interval that excludes zero by itself \
      is not corrected.\(limit)
      """
  }

  private static func one(_ configuration: StatisticsConfiguration) -> String {
    NumberFormat.withoutTrailingZeros(NumberFormat.significant(1 / configuration.level))
  }

  private static func facts(_ provenance: Provenance) -> [(String, Markup)] {
    [
      ("Command", "<code>\(command(provenance.arguments))</code>"),
      ("Started", "\(provenance.started.formatted(.iso8601))"),
      ("Duration", "\(NumberFormat.seconds(provenance.seconds))"),
      ("Processor", "\(provenance.processor), \(Wording.counted(provenance.cores, "core"))"),
      ("System", "\(provenance.system)"),
      ("BLAS", "\(provenance.blas)"),
      ("Kernels", "\(provenance.kernels)"),
      ("Attune", "\(provenance.version)"),
      ("Commit", provenance.commit.map { "<code>\($0)</code>" } ?? "outside a repository"),
      ("Swift", "\(provenance.swift)"),
      ("Config", "<code>\(provenance.configHash)</code> (SHA-256, resolved)"),
    ]
  }

  private static func files(_ provenance: Provenance) -> Markup {
    guard !provenance.dataHashes.isEmpty else { return .empty }
    let rows = provenance.dataHashes.sorted { $0.key < $1.key }.map { path, hash -> Markup in
      "<tr><th scope=\"row\">\(path)</th><td class=\"text\"><code>\(hash)</code></td></tr>\n"
    }
    return Wording.scrollable(
      "Data files",
      """
      <table>
      <caption><span>SHA-256 of each data file.</span></caption>
      <thead><tr><th scope="col">File</th><th scope="col">SHA-256</th></tr></thead>
      <tbody>
      \(rows.joined())</tbody>
      </table>
      """)
  }

  /// The arguments as one would type them into a shell.
  static func command(_ arguments: [String]) -> String {
    let plain = CharacterSet(charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:=,@%+")
    return arguments.map { argument in
      let isPlain = !argument.isEmpty && argument.unicodeScalars.allSatisfy(plain.contains)
      return isPlain ? argument : "'" + argument.replacingOccurrences(of: "'", with: "'\\''") + "'"
    }.joined(separator: " ")
  }
}
