"""Answers to a1-neuron.gradient_step, right and wrong."""
# %% correct: in one line
def gradient_step(w, b, dw, db, lr):
    return w - lr * dw, b - lr * db


# %% correct: copies updated in place
def gradient_step(w, b, dw, db, lr):
    w = np.array(w)
    w -= lr * dw
    b -= lr * db
    return w, b


# %% correct: entry by entry
def gradient_step(w, b, dw, db, lr):
    return [w_j - lr * dw_j for w_j, dw_j in zip(w, dw)], b - lr * db


# %% correct: both at once
def gradient_step(w, b, dw, db, lr):
    new = np.append(w, b) + np.negative(lr) * np.append(dw, db)
    return new[:-1], new[-1]


# %% wrong: ascent
def gradient_step(w, b, dw, db, lr):
    return w + lr * dw, b + lr * db


# %% wrong: lr_forgotten
def gradient_step(w, b, dw, db, lr):
    return w - dw, b - db


# %% wrong: lr_divides
def gradient_step(w, b, dw, db, lr):
    return w - dw / lr, b - db / lr


# %% wrong: not_updated
def gradient_step(w, b, dw, db, lr):
    new_w, new_b = w - lr * dw, b - lr * db
    return w, b


# %% wrong: step_only
def gradient_step(w, b, dw, db, lr):
    return -lr * dw, -lr * db


# %% wrong: the bias stays -> not_updated keeps 0.5
def gradient_step(w, b, dw, db, lr):
    return w - lr * dw, b


# %% wrong: the weights stay -> not_updated keeps 0.5
def gradient_step(w, b, dw, db, lr):
    np.subtract(w, lr * dw)
    return w, b - lr * db


# %% wrong: only the bias goes uphill -> ascent keeps 0.5
def gradient_step(w, b, dw, db, lr):
    return w - lr * dw, b + lr * db


# %% wrong: signs of the gradient only -> none
def gradient_step(w, b, dw, db, lr):
    return w - lr * np.sign(dw), b - lr * np.sign(db)


# %% wrong: parameters scaled by the rate -> none
def gradient_step(w, b, dw, db, lr):
    return lr * (w - dw), lr * (b - db)


# %% wrong: a fixed rate -> none
def gradient_step(w, b, dw, db, lr=0.01):
    lr = 0.01
    return w - lr * dw, b - lr * db


# %% wrong: two steps -> none
def gradient_step(w, b, dw, db, lr):
    return w - 2 * lr * dw, b - 2 * lr * db


# %% wrong: exchanged on return -> wrong_shape
def gradient_step(w, b, dw, db, lr):
    return b - lr * db, w - lr * dw


# %% wrong: updates in place and returns nothing -> returned_none
def gradient_step(w, b, dw, db, lr):
    w -= lr * dw
    b -= lr * db


# %% wrong: an argument short -> raised
def gradient_step(w, b, dw, db):
    return w - 0.1 * dw, b - 0.1 * db


# %% wrong: float32 -> wrong_dtype
def gradient_step(w, b, dw, db, lr):
    return (w - lr * dw).astype(np.float32), np.float32(b - lr * db)


# %% wrong: a name is missing -> raised
def gradient_step(w, b, dw, db, lr):
    return w - learning_rate * dw, b - learning_rate * db
