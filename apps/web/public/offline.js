// Of offline.html. A file of its own because the content security policy forbids inline scripts.
;(function () {
  var status = document.getElementById('status')
  function load() {
    status.textContent = 'Trying again ...'
    location.reload()
  }
  document.getElementById('again').addEventListener('click', load)
  // Whoever has pressed the way to the app is on it: a network that comes just then does not bring them back here.
  var isLeaving = false
  document.querySelector('a').addEventListener('click', function () {
    isLeaving = true
  })
  addEventListener('online', function () {
    if (!isLeaving) load()
  })
})()
