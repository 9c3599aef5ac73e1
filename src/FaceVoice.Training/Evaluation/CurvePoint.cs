namespace FaceVoice.Training.Evaluation;

/// <summary>A point of the k x m curve: several faces against several clips, by the mean of their embeddings.</summary>
/// <param name="Faces">k.</param>
/// <param name="Voices">m.</param>
/// <param name="Auc">Area under the curve.</param>
/// <param name="People">People with as many faces and clips.</param>
public sealed record CurvePoint(int Faces, int Voices, double Auc, int People);
