internal import AttuneCore

extension RecipeRun {
  /// What the teacher says of some rows, logits `[n, k]`; nil without a teacher.
  ///
  /// Where the recipe has views and the source model is not confident, the mean over views of the rows.
  mutating func teacherTargets(_ rows: Matrix, _ recipe: RecipeConfiguration) throws -> Matrix? {
    guard let settings = recipe.teacher, var teacher = adapted.teacher else { return nil }
    let policy = try adapted.statistics.prepare(&teacher, for: rows)
    var targets: Matrix
    if settings.views > 0, try isUncertain(rows, policy) {
      targets = Matrix(rows: rows.rows, columns: teacher.outputDimension)
      for _ in 0..<settings.views {
        let view = try augmentations.view(of: rows, using: &generator)
        targets.add(try teacher.forward(view, on: Tape(), statistics: policy).output.value)
      }
      targets.scale(by: 1 / Float(settings.views))
    } else {
      let pass = try teacher.forward(rows, on: Tape(), statistics: policy)
      targets = pass.output.value
      if pass.statistics.values.allSatisfy(\.isFinite) {
        var statistics = adapted.statistics
        statistics.keep(pass.statistics, rows: rows.rows, in: &teacher)
      }
    }
    adapted.teacher = teacher
    return targets
  }

  /// Whether the source model's mean confidence in some rows is below the threshold.
  private func isUncertain(_ rows: Matrix, _ policy: NormalizationPolicy) throws -> Bool {
    let p = try start.network.forward(rows, on: Tape(), statistics: policy).output.value.softmax()
    return p.rowMaxima.reduce(0, +) / Float(max(1, p.rows)) < teacherConfidence
  }

  /// The teacher's parameters follow the student's; its running statistics are its own.
  mutating func moveTeacher(_ momentum: Double) {
    guard var teacher = adapted.teacher.take() else { return }
    for id in teacher.parameterIDs {
      teacher[id].scale(by: Float(momentum))
      teacher[id].add(adapted.network[id], scaledBy: Float(1 - momentum))
    }
    adapted.teacher = teacher
  }
}
