internal import AttuneCore

extension RecipeRun {
  /// What the teacher says of some rows; nil without a teacher.
  ///
  /// Where the recipe has views and the source model is not confident, its logits are the mean over views of the rows. Its
  /// statistics move with the rows themselves in any case.
  mutating func teacherAnswer(_ rows: Matrix, _ recipe: RecipeConfiguration) throws -> Answer? {
    guard let settings = recipe.teacher, var teacher = adapted.teacher else { return nil }
    let policy = try adapted.statistics.prepare(&teacher, for: rows)
    let found = try pass(rows, teacher, policy), statistics = found.statistics
    var answer = found.answer
    if settings.views > 0, try isUncertain(rows, policy) {
      var sum = Matrix(rows: rows.rows, columns: teacher.outputDimension)
      for _ in 0..<settings.views {
        let view = try augmentations.view(of: rows, using: &generator)
        sum.add(try self.answer(view, teacher, policy).logits)
      }
      answer.logits = sum.scaled(by: 1 / Float(settings.views))
    }
    if statistics.values.allSatisfy(\.isFinite) {
      // What the part itself remembers moves with the student's pass.
      var part = adapted.statistics
      part.keep(statistics, rows: rows.rows, in: &teacher)
    }
    adapted.teacher = teacher
    return answer
  }

  /// Whether the source model's mean confidence in some rows is below the threshold.
  private func isUncertain(_ rows: Matrix, _ policy: NormalizationPolicy) throws -> Bool {
    let p = try answer(rows, start.network, policy).logits.softmax()
    return p.rowMaxima.reduce(0, +) / Float(max(1, p.rows)) < teacherConfidence
  }

  /// The teacher's parameters follow the student's; its running statistics are its own.
  mutating func moveTeacher(_ momentum: Double) {
    guard var teacher = adapted.teacher.take() else { return }
    for id in teacher.parameterIDs { teacher[id].mix(adapted.network[id], keeping: momentum) }
    adapted.teacher = teacher
  }
}
