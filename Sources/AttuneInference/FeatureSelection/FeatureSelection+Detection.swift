internal import AttuneCore
internal import Foundation

extension FeatureSelection {
  /// Takes a batch into the recent rows and their moments.
  ///
  /// Deviations beyond ten times what counts as broken count as that: one wild value is forgotten about as soon as any other,
  /// where its square would outweigh thousands of rows that follow. A value that is no number counts as no deviation.
  func observe(_ batch: Matrix, _ state: inout State) {
    let bound = min(10 * max(configuration.meanShift, configuration.varianceRatio.squareRoot()), 1e150)
    let d = batch.columns, n = Double(batch.rows), kept = exp(-n / configuration.window)
    var mean = [Double](repeating: 0, count: d), variance = mean
    batch.withElements { x in
      for j in 0..<d {
        let center = state.source.mean[j], scale = state.scale[j]
        var sum = 0.0, square = 0.0, missing = 0.0
        for i in 0..<batch.rows {
          let value = (Double(x[i * d + j]) - center) / scale
          if !x[i * d + j].isFinite { missing += 1 }
          let deviation = value.isNaN ? 0 : min(max(value, -bound), bound)
          sum += deviation
          square += deviation * deviation
        }
        mean[j] = sum / n
        variance[j] = max(0, square / n - mean[j] * mean[j])
        state.missing[j] = state.missing[j] * kept + missing
      }
    }
    OperationCounter.add(6 * batch.count)
    state.moments.add(BatchMoments(rows: n, mean: mean, variance: variance), window: configuration.window)
    let limit = max(1, Int(configuration.window.rounded()))
    let all = batch.rows < limit ? Matrix.concatenatingRows([state.recent, batch]) : batch
    state.recent = all.rows > limit ? all.rows(all.rows - limit..<all.rows) : all
  }

  /// Decides which inputs are left out. Their faults are diagnosed later.
  func judge(_ batch: Matrix, _ state: inout State) throws {
    let failing = try failing(state)
    try searchSwaps(batch.rows, Set(failing), &state)
    let bad = Set(failing).union(state.moved.keys)
    let known = Dictionary(uniqueKeysWithValues: state.faults.map { ($0.feature, $0) })
    var left = bad
    for j in known.keys where !bad.contains(j) {
      let rows = state.passed[j, default: 0] + batch.rows
      state.passed[j] = rows
      if rows < configuration.recover { left.insert(j) }
    }
    for j in bad { state.passed[j] = 0 }
    let isWidespread = Double(left.count) > configuration.maximumShare * Double(state.scale.count)
    if isWidespread, !state.isWidespread {
      state.events.append(
        AdaptationEvent(
          .alarm,
          "\(left.count) of \(state.scale.count) inputs changed: a shift of all, not of single inputs; none is left out"
        ))
    }
    state.isWidespread = isWidespread
    if isWidespread { left = [] }
    state.passed = state.passed.filter { left.contains($0.key) }
    if left != Set(known.keys) { (state.searchPause, state.rowsToSearch) = (0, min(state.rowsToSearch, 128)) }
    state.faults = left.sorted().map { known[$0] ?? FeatureFault(feature: $0, kind: .shifted) }
  }

  /// The inputs that changed by much and by more than chance.
  private func failing(_ state: State) throws -> [Int] {
    let n = state.moments.rows, d = state.scale.count, moments = state.moments
    let shift = moments.mean, variance = moments.variance
    let usual = (0..<d).map { state.source.variance[$0] / (state.scale[$0] * state.scale[$0]) }
    let isGone = (0..<d).map { state.missing[$0] > n / 2 }
    // A variance of few rows says nothing.
    let isOfOtherWidth = (0..<d).map { j in
      n >= 32 && (variance[j] > configuration.varianceRatio || variance[j] * configuration.varianceRatio < usual[j])
    }
    var hasMoved = (0..<d).map { abs(shift[$0]) > configuration.meanShift }
    if configuration.explainsByOthers, let gaussian = state.gaussian, hasMoved.contains(true) {
      // What is certainly broken says nothing of the others.
      let deviations = (0..<d).map { isGone[$0] || isOfOtherWidth[$0] ? 0 : shift[$0] }
      let residuals = try gaussian.residuals(of: deviations)
      for j in 0..<d where hasMoved[j] && usual[j] > 0.5 {
        hasMoved[j] = abs(residuals[j]) > configuration.meanShift
      }
    }
    let isStuck = stuck(state)
    let isLarge = (0..<d).map { isGone[$0] || isStuck[$0] || isOfOtherWidth[$0] || hasMoved[$0] }
    guard isLarge.contains(true) else { return [] }
    let pValues =
      configuration.test == .moments
      ? state.reference.momentTails(rows: n, shift: shift, variance: variance)
      : state.reference.check(state.recent, configuration.test).pValue
    let adjusted = configuration.control.adjusted(pValues)
    return (0..<d).filter {
      isLarge[$0] && (isGone[$0] || isStuck[$0] || adjusted[$0] <= configuration.falseDiscoveryRate)
    }
  }

  /// Whether an input had one value for a whole window, which by its share among the source's values is no chance. Its
  /// variance takes longer to tell.
  private func stuck(_ state: State) -> [Bool] {
    let recent = state.recent, d = recent.columns, n = recent.rows
    guard let sample = state.source.sample, n >= 16, n >= Int(configuration.window.rounded()) else {
      return Array(repeating: false, count: d)
    }
    let limit = log(configuration.falseDiscoveryRate / Double(d * d))
    return (0..<d).map { j in
      let value = recent[n - 1, j]
      guard value.isFinite, (0..<n).allSatisfy({ recent[$0, j] == value }) else { return false }
      let share = (Double((0..<sample.rows).count { sample[$0, j] == value }) + 1) / Double(sample.rows + 1)
      return Double(n) * log(min(share, 1)) < limit
    }
  }

  /// Looks for inputs that changed places, every window; less and less often where rows are strange in another way.
  private func searchSwaps(_ rows: Int, _ failing: Set<Int>, _ state: inout State) throws {
    let d = state.scale.count
    guard configuration.findsSwaps, let gaussian = state.gaussian, d <= SwapSearch.limit, state.recent.rows >= 16 else {
      return
    }
    state.rowsToSearch -= rows
    guard state.rowsToSearch <= 0 else { return }
    let usual = max(32, Int(configuration.window.rounded()))
    state.rowsToSearch = usual
    let recent = state.recent
    let silent = Set(state.faults.filter { $0.kind == .stuck || $0.kind == .missing }.map(\.feature))
    let inputs = (0..<d).filter { j in
      !silent.contains(j) && (recent.isFinite || (0..<recent.rows).allSatisfy { recent[$0, j].isFinite })
    }
    guard inputs.count > 1, let correlation = gaussian.correlation(of: inputs) else {
      state.moved = [:]
      return
    }
    let search = SwapSearch(
      recent, inputs: inputs, mean: state.source.mean, scale: state.scale, correlation: correlation,
      shrinkage: configuration.shrinkage)
    let outcome = try search.outcome(
      suspects: failing, precision: inputs.count == d ? gaussian.precision : nil)
    state.moved = Dictionary(uniqueKeysWithValues: outcome.moved.map { ($0.input, $0.place) })
    let pause = state.searchPause == 0 ? usual : min(2 * state.searchPause, 64 * usual)
    state.searchPause = outcome.isUnexplained ? pause : 0
    state.rowsToSearch = max(usual, state.searchPause)
  }

  /// The last of the recent rows.
  func latest(_ state: State, rows: Int) -> Matrix {
    let recent = state.recent
    return recent.rows > rows ? recent.rows(recent.rows - rows..<recent.rows) : recent
  }

  /// Says what is wrong with each input that is left out, at once and then every 32 rows.
  func diagnose(_ rows: Int, _ state: inout State, _ before: [FeatureFault]) throws {
    state.rowsToDiagnosis -= rows
    let isNew = state.brokenFeatures != before.map(\.feature)
    guard !state.faults.isEmpty, isNew || state.rowsToDiagnosis <= 0 else { return }
    state.rowsToDiagnosis = 32
    let recent = latest(state, rows: 64), diagnosis = FaultDiagnosis(source: state.source, scale: state.scale)
    let given = try conditional(state)
    // A hole in a sound input would make holes in what is expected.
    let expected = given.map { $0.expectation(filled(recent, state)) }
    let explained = given.flatMap { given in state.gaussian?.explainedShare(given) }
    for (index, fault) in state.faults.enumerated() {
      let j = fault.feature
      if let partner = state.moved[j] {
        state.faults[index] = FeatureFault(feature: j, kind: .swapped, partner: partner)
        continue
      }
      state.faults[index] = diagnosis.fault(
        of: j, in: recent, expected: expected.map { e in (0..<e.rows).map { e[$0, index] } },
        explained: explained?[index] ?? 0, missingShare: state.missing[j] / max(state.moments.rows, 1))
    }
  }

  /// The expectation of all that has a fault given what has none.
  private func conditional(_ state: State) throws -> ConditionalImputation? {
    if configuration.replacement == .conditional, let known = state.imputation, known.broken == state.brokenFeatures {
      return known
    }
    return try state.gaussian?.imputation(replacing: state.brokenFeatures)
  }

  private func filled(_ rows: Matrix, _ state: State) -> Matrix {
    guard !rows.isFinite else { return rows }
    var result = rows
    for i in 0..<rows.rows {
      for j in 0..<rows.columns where !rows[i, j].isFinite { result[i, j] = Float(state.source.mean[j]) }
    }
    return result
  }

  /// Tells what changed in an event each.
  func tell(_ state: inout State, _ before: [FeatureFault]) {
    let known = Dictionary(uniqueKeysWithValues: before.map { ($0.feature, $0) })
    let new = state.faults.filter { $0.kind != known[$0.feature]?.kind || $0.partner != known[$0.feature]?.partner }
    let broken = Set(state.brokenFeatures), back = before.filter { !broken.contains($0.feature) }
    func list(_ parts: [String]) -> String {
      parts.prefix(8).joined(separator: ", ") + (parts.count > 8 ? " and \(parts.count - 8) more" : "")
    }
    if !new.isEmpty {
      let parts = new.map { "\(state.name($0.feature)) \($0.text(state.name))" }
      state.events.append(
        AdaptationEvent(.alarm, "\(broken.count) of \(state.scale.count) inputs left out; new: \(list(parts))"))
    }
    if !back.isEmpty, !state.isWidespread {
      state.events.append(AdaptationEvent(.reset, "taken back: \(list(back.map { state.name($0.feature) }))"))
    }
  }
}
